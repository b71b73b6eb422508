#include "agent/apiserver/streams/logs.h"

#include <filesystem>
#include <utility>

#include "agent/api/kinds/pod/view.h"
#include "agent/apiserver/streams/answers.h"
#include "agent/apiserver/streams/container_run.h"
#include "agent/apiserver/streams/log_options.h"
#include "agent/apiserver/streams/log_stream.h"
#include "agent/apiserver/streams/pod_parts.h"

namespace ordinal::apiserver::streams {

Task<http::Response> Logs::Get(std::shared_ptr<const http::Request> request) {
  const api::ObjectKey key = PodKeyOf(*request);
  const Result<api::Object> found = co_await store_.Get(key);
  if (!found.ok() && found.error().code == ErrorCode::kNotFound) co_return NotFound("pods", key.name);
  if (!found.ok()) co_return FromError(found.error());
  const api::Object& pod = *found;
  auto read = ReadLogOptions(*request, pod.name(), clock_.Now());
  if (auto* refused = std::get_if<http::Response>(&read)) co_return std::move(*refused);
  const LogOptions options = std::get<LogOptions>(std::move(read));

  const Result<std::string> container = PickContainer(pod, options.container);
  if (!container.ok()) co_return FromError(container.error());
  http::Response response;
  response.content_type = "text/plain";
  response.body = std::string();
  if (api::NodeOf(pod.body()).empty()) co_return response;  // nothing ran yet
  const Result<ContainerRun> run = PickRun(pod, *container, options.previous);
  if (!run.ok()) co_return FromError(run.error());

  const std::string path = layout_.ContainerLogFile(pod.ns(), pod.name(), pod.uid(), *container, run->restart);
  const std::string directory = std::filesystem::path(path).parent_path();
  LogOptions reading = options;
  reading.follow = options.follow || !run->running;  // to the end of the file, and not what is there now
  auto open = [path, reading] { return LogFile::Open(path, reading); };
  auto opened = co_await pool_.Run(std::move(open));
  if (!opened.ok()) co_return InternalError("unable to retrieve container logs: " + opened.error().message);
  std::shared_ptr<LogFile> file = std::move(*opened);
  const Executor executor = co_await asio::this_coro::executor;
  const auto stream = std::make_shared<LogStream>(executor, pool_, clock_, std::move(file));
  if (options.follow && run->running) {
    stream->Follow(store_, directory, FollowedRun{key, pod.uid(), *container, run->container_id});
  } else if (!run->running) {
    stream->AwaitLastWords();
  }
  response.body = std::shared_ptr<http::Stream>(stream);
  co_return response;
}

}  // namespace ordinal::apiserver::streams

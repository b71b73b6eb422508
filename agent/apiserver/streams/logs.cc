#include "agent/apiserver/streams/logs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <utility>
#include <variant>

#include "agent/api/kinds/pod/view.h"
#include "agent/apiserver/failure.h"
#include "agent/apiserver/streams/answers.h"
#include "agent/apiserver/streams/container_run.h"
#include "agent/apiserver/streams/log_options.h"
#include "agent/apiserver/streams/log_stream.h"
#include "agent/apiserver/streams/pod_parts.h"
#include "agent/apiserver/streams/upgrade.h"
#include "agent/http/bearer.h"

namespace ordinal::apiserver::streams {
namespace {

/// How a log goes through a WebSocket, if the request asks for one: by the first subprotocol that is known, the bytes
/// as they are where none is named. An empty message says that it begins
/// (k8s.io/streaming/pkg/httpstream/wsstream/stream.go).
std::variant<std::optional<http::Messages>, http::Response> MessagesFor(const http::Request& request) {
  if (!http::AsksForWebSocket(request)) return std::optional<http::Messages>();
  http::Messages messages;
  messages.form = http::Messages::Form::kBinary;
  messages.greets = true;
  const std::vector<std::string> offered = SubprotocolsOf(request);
  for (const std::string& protocol : offered) {
    if (protocol != "binary.k8s.io" && protocol != "base64.binary.k8s.io") continue;
    messages.protocol = protocol;
    if (protocol != "binary.k8s.io") messages.form = http::Messages::Form::kBase64;
    break;
  }
  if (offered.empty() || !messages.protocol.empty()) return messages;
  return Failure(403, "Forbidden",
                 fmt::format("none of the WebSocket subprotocols {} is spoken here: use binary.k8s.io or "
                             "base64.binary.k8s.io",
                             fmt::join(offered, ", ")));
}

}  // namespace

Task<http::Response> Logs::Get(std::shared_ptr<const http::Request> request) {
  const api::ObjectKey key = PodKeyOf(*request);
  const Result<api::Object> found = co_await store_.Get(key);
  if (!found.ok() && found.error().code == ErrorCode::kNotFound) co_return NotFound("pods", key.name);
  if (!found.ok()) co_return FromError(found.error());
  const api::Object& pod = *found;
  auto read = ReadLogOptions(*request, pod.name(), clock_.Now());
  if (auto* refused = std::get_if<http::Response>(&read)) co_return std::move(*refused);
  const LogOptions options = std::get<LogOptions>(std::move(read));
  auto messages = MessagesFor(*request);
  if (auto* refused = std::get_if<http::Response>(&messages)) co_return std::move(*refused);

  const Result<std::string> container = PickContainer(pod, options.container);
  if (!container.ok()) co_return FromError(container.error());
  http::Response response;
  response.content_type = "text/plain";
  response.body = std::string();
  response.messages = std::get<std::optional<http::Messages>>(std::move(messages));
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

#include "agent/app/node_logs.h"

#include <fmt/format.h>

#include "agent/api/kinds/pod/view.h"
#include "agent/apiserver/streams/pod_parts.h"
#include "agent/node/api/access.h"

namespace ordinal {
namespace {

/// containerLogs, <namespace>, <pod>, <container>
constexpr size_t kSegments = 4;

/// The same question, as the Kubernetes API is asked it. An old client's `tail` is tailLines, and "all" is no bound.
std::shared_ptr<const http::Request> AsPodLog(const http::Request& request) {
  auto asked = std::make_shared<http::Request>(request);
  const std::vector<std::string>& path = request.segments;
  asked->segments = {"api", "v1", "namespaces", path[1], "pods", path[2], "log"};
  asked->query.erase("container");
  asked->query.emplace("container", path[3]);
  if (const std::string tail(request.Query("tail")); !tail.empty()) {
    asked->query.erase("tailLines");
    if (tail != "all") asked->query.emplace("tailLines", tail);
  }
  return asked;
}

/// A Status document as the text it has for people.
http::Response AsText(http::Response response) {
  if (response.status < 400) return response;
  const auto* body = std::get_if<std::string>(&response.body);
  const api::Json status = api::Json::parse(body == nullptr ? "" : *body, nullptr, false);
  const std::string message = status.is_object() ? api::ReadString(status, "message") : "";
  return node::PlainText(response.status, message.empty() && body != nullptr ? *body : message);
}

}  // namespace

Task<http::Response> NodeLogs::Get(std::shared_ptr<const http::Request> request) {
  if (request->segments.size() != kSegments) co_return node::PlainText(404, "404 page not found");
  const std::string &ns = request->segments[1], &name = request->segments[2], &container = request->segments[3];
  const api::ObjectKey key{"Pod", ns, name};
  const auto pod = co_await store_.Get(key);
  if (!pod.ok() && pod.error().code != ErrorCode::kNotFound) co_return node::PlainText(500, pod.error().message);
  if (!pod.ok() || api::NodeOf(pod->body()) != node_) {
    co_return node::PlainText(404, fmt::format("pod \"{}\" does not exist", name));
  }
  if (apiserver::streams::SpecOf(*pod, container).is_null()) {
    co_return node::PlainText(404, fmt::format("container \"{}\" not found in pod \"{}\"", container, name));
  }
  co_return AsText(co_await logs_.Get(AsPodLog(*request)));
}

}  // namespace ordinal

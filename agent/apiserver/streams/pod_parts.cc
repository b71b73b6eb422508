#include "agent/apiserver/streams/pod_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <initializer_list>
#include <optional>
#include <vector>

#include "agent/apiserver/rest/route.h"

namespace ordinal::apiserver::streams {
namespace {

using api::Json;
using api::Member;
using api::ReadString;

constexpr char kDefaultContainer[] = "kubectl.kubernetes.io/default-container";

std::vector<std::string> Names(const Json& containers) {
  std::vector<std::string> names;
  for (const Json& container : containers) names.push_back(ReadString(container, "name"));
  return names;
}

const Json& FindNamed(const Json& part, std::initializer_list<std::string_view> lists, std::string_view name) {
  static const Json kNothing;
  for (const std::string_view list : lists) {
    for (const Json& item : Member(part, list)) {
      if (ReadString(item, "name") == name) return item;
    }
  }
  return kNothing;
}

}  // namespace

api::ObjectKey PodKeyOf(const http::Request& request) {
  const std::optional<rest::Route> route = rest::FindRoute(request.segments);
  return route ? api::ObjectKey{"Pod", route->ns, route->name} : api::ObjectKey{"Pod", "", ""};
}

const Json& SpecOf(const api::Object& pod, std::string_view container) {
  return FindNamed(Member(pod.body(), "spec"), {"containers", "initContainers", "ephemeralContainers"}, container);
}

const Json& StatusOf(const api::Object& pod, std::string_view container) {
  return FindNamed(Member(pod.body(), "status"),
                   {"containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"}, container);
}

Result<std::string> PickContainer(const api::Object& pod, std::string_view asked) {
  if (!asked.empty()) {
    if (!SpecOf(pod, asked).is_null()) return std::string(asked);
    return MakeError(ErrorCode::kInvalid, fmt::format("container {} is not valid for pod {}", asked, pod.name()));
  }
  const Json& annotations = Member(Member(pod.body(), "metadata"), "annotations");
  const std::string preferred = ReadString(annotations, kDefaultContainer);
  if (!preferred.empty() && !SpecOf(pod, preferred).is_null()) return preferred;
  const Json& spec = Member(pod.body(), "spec");
  const std::vector<std::string> names = Names(Member(spec, "containers"));
  if (names.size() == 1) return names.front();
  std::string message = fmt::format("a container name must be specified for pod {}, choose one of: [{}]", pod.name(),
                                    fmt::join(names, " "));
  const std::vector<std::string> inits = Names(Member(spec, "initContainers"));
  if (!inits.empty()) message += fmt::format(" or one of the init containers: [{}]", fmt::join(inits, " "));
  return MakeError(ErrorCode::kInvalid, std::move(message));
}

std::string BareId(std::string_view container_id) {
  const size_t scheme = container_id.find("://");
  return std::string(scheme == std::string_view::npos ? container_id : container_id.substr(scheme + 3));
}

}  // namespace ordinal::apiserver::streams

#include "agent/node/pressure/ranking.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <tuple>

namespace ordinal::node {
namespace {

/// Where the pod stands; the lower goes first.
auto PlaceOf(const PodUse& pod, bool with_requests) {
  const int64_t over = with_requests ? pod.use - pod.request : pod.use;
  const std::optional<SetMember> member = SetMemberOf(*pod.pod);
  const int size = over <= 0 ? 0 : std::bit_width(static_cast<uint64_t>(over));
  const int64_t priority = PriorityOf(*pod.pod);
  return std::tuple(with_requests ? int64_t{0} : priority,
                    pod.known,                     // of the others nobody knows what they use
                    !(with_requests && over > 0),  //
                    priority,                      //
                    -size,                         //
                    member.has_value(),            //
                    -over,                         //
                    member ? -member->ordinal : int64_t{0});
}

}  // namespace

std::optional<SetMember> SetMemberOf(const api::Pod& pod) {
  const api::OwnerReference* owner = pod.meta.Controller();
  if (owner == nullptr || owner->kind != "StatefulSet") return std::nullopt;
  const std::string& name = pod.meta.name;
  const size_t dash = name.rfind('-');
  int64_t ordinal = 0;
  if (dash == std::string::npos) return std::nullopt;
  const auto read = std::from_chars(name.data() + dash + 1, name.data() + name.size(), ordinal);
  if (read.ec != std::errc() || read.ptr != name.data() + name.size()) return std::nullopt;
  return SetMember{owner->uid, ordinal};
}

void RankForEviction(std::vector<PodUse>& pods, bool with_requests) {
  std::stable_sort(pods.begin(), pods.end(), [with_requests](const PodUse& a, const PodUse& b) {
    return PlaceOf(a, with_requests) < PlaceOf(b, with_requests);
  });
}

std::string EvictionMessage(const Threshold& threshold, const Figure& figure, const PodUse& pod) {
  const std::string_view resource = ResourceOf(threshold.signal);
  std::string message =
      fmt::format("The node was low on resource: {}. Threshold quantity: {}, available: {}. ", resource,
                  BinaryText(threshold.least.Of(figure.capacity)), BinaryText(figure.available));
  for (const ContainerUse& container : pod.containers) {
    if (container.use <= container.request) continue;
    message += fmt::format("Container {} was using {}, request is {}, has larger consumption of {}. ", container.name,
                           BinaryText(container.use), BinaryText(container.request), resource);
  }
  return message;
}

}  // namespace ordinal::node

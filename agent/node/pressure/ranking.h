// Which pod goes first when there is pressure, and what it is told. Pure. The order and the words are a kubelet's
// (pkg/kubelet/eviction/helpers.go: rankMemoryPressure, rankDiskPressureFunc, rankPIDPressure, evictionMessage).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/ref.h"
#include "agent/node/pressure/figures.h"

namespace ordinal::node {

using api::kCriticalPriority;

inline int64_t PriorityOf(const api::Pod& pod) { return api::PriorityOf(pod.spec); }

/// The StatefulSet that the pod belongs to, by its uid, and its number there; nothing for other pods.
struct SetMember {
  std::string set_uid;
  int64_t ordinal = 0;
};
std::optional<SetMember> SetMemberOf(const api::Pod& pod);

struct ContainerUse {
  std::string name;
  int64_t use = 0, request = 0;
};

struct PodUse {
  api::Ref<api::Pod> pod;
  bool known = false;  ///< what it uses could be asked
  int64_t use = 0;     ///< bytes, inodes or processes
  int64_t request = 0;
  std::vector<ContainerUse> containers = {};  ///< empty where nobody asks for a resource
};

/// The first is to go first: those that use more than they asked for, of them the lower priority, of them the more use
/// over the request. Of pods that use about as much (the same power of two) ordinals of sets come last, the higher
/// number before the lower one. Where nobody asks for a resource (`pids`) only priority and use count, and priority
/// goes before everything.
void RankForEviction(std::vector<PodUse>& pods, bool with_requests);

/// "The node was low on resource: memory. Threshold quantity: 100Mi, available: 71Mi. Container x was using …".
std::string EvictionMessage(const Threshold& threshold, const Figure& figure, const PodUse& pod);

}  // namespace ordinal::node

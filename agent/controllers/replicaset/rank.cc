#include "agent/controllers/replicaset/rank.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <map>
#include <tuple>

namespace ordinal::controllers::replicaset {
namespace {

constexpr char kDeletionCost[] = "controller.kubernetes.io/pod-deletion-cost";

/// Smaller goes first. Ages are as powers of two: of two that are as old as each other, nearly, neither is younger.
using Rank = std::tuple<bool,          // placed
                        int,           // phase
                        bool,          // ready
                        int64_t,       // deletion cost
                        int64_t,       // minus the pods on its node
                        int,           // how long it is ready
                        int64_t,       // minus its restarts
                        int64_t,       // minus the restarts of its sidecars
                        int,           // age
                        std::string>;  // uid

int PhaseRank(const std::string& phase) {
  if (phase == "Running") return 2;
  return phase == "Unknown" ? 1 : 0;
}

/// The annotation's value; one that is no number counts as 0 (validation refuses it on the way in).
int64_t DeletionCost(const api::Pod& pod) {
  const auto found = pod.meta.annotations.find(kDeletionCost);
  if (found == pod.meta.annotations.end()) return 0;
  int32_t cost = 0;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cost);
  return error == std::errc() && end == text.data() + text.size() ? cost : 0;
}

/// The power of two of the time since then, in nanoseconds; -1 for no time at all and for the future. A time that is
/// not known counts as the newest.
int AgeBucket(std::optional<WallTime> since, WallTime now) {
  if (!since) return -2;
  const int64_t age = (now - *since).count();
  return age <= 0 ? -1 : std::bit_width(static_cast<uint64_t>(age)) - 1;
}

int64_t MostRestarts(const std::vector<api::ContainerStatus>& statuses) {
  int64_t most = 0;
  for (const api::ContainerStatus& status : statuses) most = std::max(most, status.restart_count);
  return most;
}

/// Of init containers only sidecars restart while the pod lives.
int64_t SidecarRestarts(const api::Pod& pod) {
  int64_t most = 0;
  for (const api::Container& container : pod.spec.init_containers) {
    if (container.restart_policy != "Always") continue;
    for (const api::ContainerStatus& status : pod.status.init_container_statuses) {
      if (status.name == container.name) most = std::max(most, status.restart_count);
    }
  }
  return most;
}

int ReadyBucket(const api::Pod& pod, WallTime now) {
  const api::Condition* ready = pod.FindCondition("Ready");
  return pod.Ready() ? AgeBucket(ready->last_transition, now) : 0;
}

}  // namespace

std::vector<const api::Pod*> DeletionOrder(const api::Refs<api::Pod>& pods, WallTime now) {
  std::map<std::string, int64_t> on_node;
  for (const api::Pod& pod : pods) ++on_node[pod.spec.node_name];
  std::vector<std::pair<Rank, const api::Pod*>> ranked;
  for (const api::Pod& pod : pods) {
    ranked.emplace_back(
        Rank{!pod.spec.node_name.empty(), PhaseRank(pod.status.phase), pod.Ready(), DeletionCost(pod),
             -on_node[pod.spec.node_name], ReadyBucket(pod, now), -MostRestarts(pod.status.container_statuses),
             -SidecarRestarts(pod), AgeBucket(pod.meta.created, now), pod.meta.uid},
        &pod);
  }
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const api::Pod*> order;
  for (const auto& [rank, pod] : ranked) order.push_back(pod);
  return order;
}

}  // namespace ordinal::controllers::replicaset

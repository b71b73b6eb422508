#include "agent/controllers/settling.h"

#include <algorithm>

namespace ordinal::controllers {
namespace {

Duration UpFor(const api::Pod& pod, const ReadySince& since, WallTime now) {
  const auto found = since.find(pod.meta.uid);
  if (found != since.end()) return now - found->second;
  // The condition has whole seconds: it may have been almost the next one.
  const api::Condition* ready = pod.FindCondition("Ready");
  if (ready == nullptr || !ready->last_transition) return Duration::zero();
  return std::max(now - *ready->last_transition - std::chrono::seconds(1), Duration::zero());
}

}  // namespace

bool Probed(const api::Pod& pod) {
  const std::vector<api::Container>& containers = pod.spec.containers;
  return !containers.empty() && std::all_of(containers.begin(), containers.end(), [](const api::Container& each) {
    return each.probes.readiness != nullptr;
  });
}

std::map<std::string, Duration> Unsettled(const std::vector<const api::Pod*>& pods, const Settling& settling,
                                          const ReadySince& since, WallTime now) {
  std::map<std::string, Duration> up;
  bool proven = false;
  for (const api::Pod* pod : pods) {
    if (!RunningAndReady(*pod) || Probed(*pod)) continue;
    const Duration time = up[pod->meta.uid] = UpFor(*pod, since, now);
    proven = proven || time >= settling.first;
  }
  const Duration wanted = proven ? settling.others : settling.first;
  std::erase_if(up, [&](const auto& each) { return each.second >= wanted; });
  for (auto& [uid, time] : up) time = wanted - time;
  return up;
}

}  // namespace ordinal::controllers

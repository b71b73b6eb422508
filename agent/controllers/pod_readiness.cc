#include "agent/controllers/pod_readiness.h"

#include <algorithm>

namespace ordinal::controllers {

bool RunningAndReady(const api::Pod& pod) { return pod.status.phase == "Running" && pod.Ready(); }

bool Unhealthy(const api::Pod& pod) { return !RunningAndReady(pod) || pod.deleting(); }

std::optional<Duration> AvailableIn(const api::Pod& pod, int64_t min_ready_seconds, WallTime now,
                                    const ReadySince& since) {
  if (!RunningAndReady(pod)) return std::nullopt;
  const Duration wanted = std::chrono::seconds(min_ready_seconds);
  if (wanted <= Duration::zero()) return Duration::zero();
  const auto known = since.find(pod.meta.uid);
  if (known != since.end()) return std::max(known->second + wanted - now, Duration::zero());
  const api::Condition* ready = pod.FindCondition("Ready");
  if (ready == nullptr || !ready->last_transition) return wanted;
  // The clock was set back since, and nobody can tell how long it has been ready: it waits for a small step as well,
  // but the update must not wait for an hour that is to come again.
  const Duration ahead = *ready->last_transition - now;
  if (ahead >= wanted) return Duration::zero();
  return std::max(ahead + wanted, Duration::zero());
}

bool Available(const api::Pod& pod, int64_t min_ready_seconds, WallTime now, const ReadySince& since) {
  return AvailableIn(pod, min_ready_seconds, now, since) == Duration::zero();
}

}  // namespace ordinal::controllers

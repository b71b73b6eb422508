// Restart backoff of one container: first at once, then 1, 2, 4 … 60 s after the last end, forgotten after
// 10 minutes of running (Kubernetes: pkg/kubelet, MaxContainerBackOff and client-go's flowcontrol.Backoff; there it
// goes from 10 s to 300 s, which is a long time to be without a database that was killed three times; with the gate
// ReduceDefaultCrashLoopBackOffDecay from 1 s to 60 s).
// Pure: times come in as arguments.
#pragma once

#include <algorithm>

#include "agent/base/clock.h"

namespace ordinal::podsync {

struct BackoffLimits {
  Duration initial, max, forget_after;
};

/// Containers that ended.
inline constexpr BackoffLimits kRestartBackoff{std::chrono::seconds(1), std::chrono::seconds(60),
                                               std::chrono::minutes(10)};
/// The same as a kubelet has it.
inline constexpr BackoffLimits kKubernetesRestartBackoff{std::chrono::seconds(10), std::chrono::seconds(300),
                                                         std::chrono::minutes(10)};
/// Images that could not be pulled.
inline constexpr BackoffLimits kPullBackoff{std::chrono::seconds(10), std::chrono::seconds(300), std::chrono::hours(1)};
/// Sandboxes, volumes and containers that could not be made: quick at first, the cause is often transient.
inline constexpr BackoffLimits kRetryBackoff{std::chrono::milliseconds(200), std::chrono::seconds(30),
                                             std::chrono::minutes(10)};
/// Records of the runtime that could not be removed.
inline constexpr Duration kTidyRetry = std::chrono::seconds(10);

/// Whether what may be tried again at `not_before`, so much of a wait after the failure at most, waits still at `now`.
/// A moment that is further ahead was told by a clock that has been set back since: nobody waits for it.
/// WallTime::max() is for ever.
inline bool StillWaits(WallTime not_before, Duration wait, WallTime now) {
  return now < not_before && (not_before == WallTime::max() || not_before - now <= wait);
}

class Backoff {
 public:
  explicit Backoff(BackoffLimits limits = kRestartBackoff) : limits_(limits) {}

  /// When the thing that ended (or failed) at `ended` after running for `ran` may be tried again. The first
  /// failure may be retried at once.
  WallTime NotBefore(WallTime ended, Duration ran) const {
    return ran >= limits_.forget_after ? ended : ended + delay_;
  }

  /// Counts one more attempt: the next failure waits longer. `ran` is how long the previous one ran.
  void Advance(Duration ran) {
    if (ran >= limits_.forget_after) delay_ = Duration::zero();
    delay_ = delay_ == Duration::zero() ? limits_.initial : std::min(delay_ * 2, limits_.max);
  }

  /// What an agent that just started assumes of a container that was restarted `restarts` times before.
  static Backoff AfterRestarts(BackoffLimits limits, uint32_t restarts) {
    Backoff backoff(limits);
    for (uint32_t i = 0; i < restarts && backoff.delay_ < backoff.limits_.max; ++i) backoff.Advance(Duration::zero());
    return backoff;
  }

  Duration delay() const { return delay_; }

 private:
  BackoffLimits limits_;
  Duration delay_{0};
};

}  // namespace ordinal::podsync

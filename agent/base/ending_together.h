// Timers that end near each other end together, so that the processor is woken once for all of them: what waits for
// five seconds or more may wait for up to a quarter of a second longer. Pure.
#pragma once

#include "agent/base/clock.h"

namespace ordinal {

/// How long a timer of `delay` that is set `now` waits: never less.
inline Duration EndingTogether(SteadyTime now, Duration delay) {
  constexpr Duration kLong = std::chrono::seconds(5), kBeat = std::chrono::milliseconds(250);
  if (delay < kLong || delay > Duration::max() - kBeat - now.time_since_epoch()) return delay;
  const Duration beyond = (now.time_since_epoch() + delay) % kBeat;
  return beyond == Duration::zero() ? delay : delay + kBeat - beyond;
}

}  // namespace ordinal

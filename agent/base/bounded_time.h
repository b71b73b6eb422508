// Spans of time that a client chose: 64 bits of seconds do not fit 64 bits of nanoseconds.
#pragma once

#include <algorithm>
#include <cstdint>

#include "agent/base/clock.h"

namespace ordinal {

/// A hundred years: longer than anybody waits, and now plus or minus so much is still a WallTime.
inline constexpr int64_t kMostSeconds = 100LL * 365 * 24 * 3600;

/// `seconds`, cut at kMostSeconds either way.
inline int64_t BoundedSeconds(int64_t seconds) { return std::clamp(seconds, -kMostSeconds, kMostSeconds); }

inline Duration BoundedDuration(int64_t seconds) { return std::chrono::seconds(BoundedSeconds(seconds)); }

}  // namespace ordinal

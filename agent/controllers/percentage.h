// Numbers of pods that a client wrote as a number or as a percentage. Pure.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace ordinal::controllers {

/// The largest number of pods that a field of a set or of its status can say.
inline constexpr int64_t kMostPods = std::numeric_limits<int32_t>::max();

/// "3", or "25%" of `replicas`, rounded up or down; at most kMostPods (apimachinery,
/// intstr.GetScaledValueFromIntOrPercent).
int64_t PodsOf(const std::string& text, int64_t replicas, bool round_up);

}  // namespace ordinal::controllers

// How far along a pod is, as the rules of its controllers ask it. Pure.
#pragma once

#include <optional>

#include "agent/api/kinds/pod/view.h"

namespace ordinal::controllers {

/// Phase Running and condition Ready.
bool RunningAndReady(const api::Pod& pod);
/// Not running and ready, or on its way out.
bool Unhealthy(const api::Pod& pod);
/// How long until a running and ready pod has been ready for `min_ready_seconds`: zero when it has; nothing when
/// the pod is not running and ready. Of one that became ready in the future, because the clock was set back, it is less
/// than twice that, or zero where that is `min_ready_seconds` away or more.
std::optional<Duration> AvailableIn(const api::Pod& pod, int64_t min_ready_seconds, WallTime now);
bool Available(const api::Pod& pod, int64_t min_ready_seconds, WallTime now);

}  // namespace ordinal::controllers

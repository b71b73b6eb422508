// How far along a pod is, as the rules of its controllers ask it. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "agent/api/kinds/pod/view.h"

namespace ordinal::controllers {

/// Phase Running and condition Ready.
bool RunningAndReady(const api::Pod& pod);
/// Not running and ready, or on its way out.
bool Unhealthy(const api::Pod& pod);

/// Since when pods are ready, by uid, in the wall time of now, whatever the clock was set to since (ready_times.h).
using ReadySince = std::map<std::string, WallTime>;

/// How long until a running and ready pod has been ready for `min_ready_seconds`: zero when it has; nothing when
/// the pod is not running and ready. Of a pod that is not in `since` its condition Ready says when it became so; where
/// that is in the future, because the clock was set back, it is less than twice `min_ready_seconds`, or zero where that
/// is `min_ready_seconds` away or more.
std::optional<Duration> AvailableIn(const api::Pod& pod, int64_t min_ready_seconds, WallTime now,
                                    const ReadySince& since = {});
bool Available(const api::Pod& pod, int64_t min_ready_seconds, WallTime now, const ReadySince& since = {});

}  // namespace ordinal::controllers

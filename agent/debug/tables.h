// Tables of objects as `kubectl get` prints them: same columns, same cells. Pure.
#pragma once

#include <string>

#include "agent/api/object.h"

namespace ordinal::debug {

/// `items` is a JSON array of objects of one kind. Unknown kinds get NAME and AGE.
std::string Table(const std::string& kind, const api::Json& items, bool wide, bool with_namespace, WallTime now);

/// "7s", "5m32s", "3h", "12d": kubectl's human duration.
std::string Age(Duration duration);

/// The STATUS cell of a pod ("Running", "Init:0/2", "CrashLoopBackOff", "Terminating").
std::string PodStatusCell(const api::Json& pod);

}  // namespace ordinal::debug

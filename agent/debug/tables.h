// Tables of objects as `kubectl get` prints them: same columns, same cells. Pure.
#pragma once

#include <string>

#include "agent/api/object.h"

namespace ordinal::debug {

/// `items` is a JSON array of objects of one kind. Unknown kinds get NAME and AGE.
std::string Table(const std::string& kind, const api::Json& items, bool wide, bool with_namespace, WallTime now);

}  // namespace ordinal::debug

// JSON text → a document. Part of ParseManifest.
#pragma once

#include <string_view>

#include "agent/api/object.h"

namespace ordinal::api {

/// One JSON value. kInvalid with line and column for a syntax error, a member given twice, or what lies beyond the
/// bounds (bounds.h). With `repeats` a member given twice is no fault: the last one counts, and `*repeats` becomes
/// true.
Result<Json> ParseJson(std::string_view text, bool* repeats = nullptr);

}  // namespace ordinal::api

// JSON text → a document. Part of ParseManifest.
#pragma once

#include <string_view>

#include "agent/api/object.h"

namespace ordinal::api {

/// One JSON value. kInvalid with line and column for a syntax error, a member given twice, or too deep nesting.
Result<Json> ParseJson(std::string_view text);

}  // namespace ordinal::api

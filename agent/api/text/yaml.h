// YAML text → documents with the line of every field. Part of ParseManifest.
#pragma once

#include "agent/api/decode.h"
#include "agent/api/text/bounds.h"

namespace ordinal::api {

/// Every non-empty document of `text`, lists not yet split. kInvalid with line and column, for what lies beyond the
/// bounds too. With `repeats` a field that is there twice is no fault: the last one counts, and a line is added,
/// `line 10: key "image" already set in map`, as go-yaml words it.
Result<std::vector<Document>> ParseYaml(std::string_view text, std::vector<std::string>* repeats = nullptr);

}  // namespace ordinal::api

// YAML text → documents with the line of every field. Part of ParseManifest.
#pragma once

#include "agent/api/decode.h"

namespace ordinal::api {

/// Every non-empty document of `text`, lists not yet split.
Result<std::vector<Document>> ParseYaml(std::string_view text);

// Limits of a manifest, so that no text can exhaust the agent's stack or memory.
inline constexpr int kMostDepth = 64;                  ///< objects and lists within each other
inline constexpr int kMostValues = 100'000;            ///< values after every alias is replaced by what it stands for
inline constexpr size_t kMostBytes = 3 * 1024 * 1024;  ///< of text, as the API server's limit of a request

}  // namespace ordinal::api

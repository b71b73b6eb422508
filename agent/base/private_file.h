// Files with secrets: mode 0600, in directories of mode 0700, replaced whole. Blocking.
#pragma once

#include <optional>
#include <string>

#include "agent/base/result.h"

namespace ordinal {

/// Makes `path` (not its parents) with mode 0700, or gives an existing directory that mode.
Status MakePrivateDirectory(const std::string& path);

/// Writes `text` to a draft beside `path`, makes it durable and renames it: readers see the old file or the new one,
/// and nobody but the owner ever reads either.
Status WritePrivateFile(const std::string& path, const std::string& text);

/// The whole file; nothing when there is none. Files others could read get mode 0600 first.
Result<std::optional<std::string>> ReadPrivateFile(const std::string& path);

}  // namespace ordinal

// Files that are replaced whole: a reader sees the old text or the new one, never half of either. Blocking.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "agent/base/result.h"

namespace ordinal {

struct WholeFile {
  mode_t mode = 0644;
  /// After a power cut, too, the file is the old one or the new one, and the new one once the call has returned.
  bool durable = false;
  /// The draft beside it: of a dot and the name, so that who reads a directory passes it over.
  bool hidden_draft = false;
};

/// Writes `text` to a draft beside `path` and renames it. The draft is `path` + ".new" as a rule; one left behind is
/// replaced. ErrnoError's codes, naming the file.
Status WriteWhole(const std::string& path, const std::string& text, const WholeFile& how = {});

/// The whole file; nothing when there is none. kInvalid for one of more than `most` bytes, and for what is no file with
/// a text in it; else ErrnoError's codes, naming the file.
Result<std::optional<std::string>> ReadWhole(const std::string& path, size_t most);

/// What is left of an open file, for who opened it.
Result<std::string> ReadToEnd(int file, const std::string& path, size_t most);

}  // namespace ordinal

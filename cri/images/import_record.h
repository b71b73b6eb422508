// ImportRecord: which tarballs were imported, and what was in them, kept in a file beside them: a tarball that did not
// change is recognised at the next start without being read.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::cri {

/// Tells one state of a file from another.
struct FileStamp {
  int64_t mtime_ns = 0;
  uint64_t size = 0, inode = 0;
  auto operator<=>(const FileStamp&) const = default;
};

struct ImportRecord {
  struct Entry {
    FileStamp stamp;
    std::vector<std::string> images;  ///< normalised names
  };
  std::map<std::string, Entry> files;  ///< by path

  /// Blocks. Empty when there is none, or none that can be read: then tarballs are read.
  static ImportRecord Read(const std::string& path);
  /// Blocks. Whole or not at all.
  Status Write(const std::string& path) const;
};

}  // namespace ordinal::cri

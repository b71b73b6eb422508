// What is in an image tarball: found in one pass over it, before anything is written anywhere.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace ordinal::cri {

struct ArchiveFile {
  std::string name;  ///< of the entry that holds the bytes; a link has its target's
  uint64_t size = 0;
  std::string digest;  ///< of its bytes as they are
  std::string magic;   ///< its first bytes, at most four
  std::string text;    ///< the whole content of small JSON files, else empty
};

/// Files by name; links are resolved to what they point at.
using Archive = std::map<std::string, ArchiveFile>;

/// Reads and hashes the whole tarball. Blocking (BlockingPool). kInvalid says what is wrong with it.
Result<Archive> IndexArchive(const std::string& path);

}  // namespace ordinal::cri

// What files take: of a file system as a whole, and of one directory. Blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace ordinal::metrics {

/// Bytes and inodes of a file system, as statvfs(3) has them; `used` is what is not free.
struct FilesystemUse {
  uint64_t capacity = 0, available = 0, used = 0;
  uint64_t inodes = 0, inodes_free = 0, inodes_used = 0;
};
/// Nothing when it cannot be asked.
std::optional<FilesystemUse> UseOfFilesystem(const std::string& path);

struct DirectoryUse {
  uint64_t bytes = 0;   ///< of the disk's blocks
  uint64_t inodes = 0;  ///< the directory's own too
};
/// Counts what lies below `path` on its own file system; symbolic links are not followed, and a file with several names
/// counts once for each. `most`: how many files may be looked at, which is taken away from. Nothing when there were
/// more, or when it cannot be read.
std::optional<DirectoryUse> UseOfDirectory(const std::string& path, size_t& most);

}  // namespace ordinal::metrics

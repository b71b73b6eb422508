// How much of the disk the files below a directory take: blocks, not lengths, a file with several names once. Links are
// not followed and other file systems not entered. And how full a file system is. Blocks: on the blocking pool, or
// where one that does not answer holds up nobody (device_looks.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "agent/base/result.h"

namespace ordinal {

/// Bytes and inodes of a file system, as statvfs(3) has them; `used` is what is not free, `available` what is for
/// others than root. One that makes inodes as they are needed (btrfs) has 0 of them.
struct FilesystemUse {
  uint64_t capacity = 0, available = 0, used = 0;
  uint64_t inodes = 0, inodes_free = 0, inodes_used = 0;
};
/// kNotFound, kPermissionDenied, kInternal: it cannot be asked.
Result<FilesystemUse> UseOfFilesystem(const std::string& path);

struct DiskUseBounds {
  int64_t enough = INT64_MAX;  ///< bytes: who has counted more goes no further
  int64_t entries = 200'000;   ///< looked at, at most: about half a second; what was counted by then is the answer
  size_t depth = 256;          ///< of directories; deeper ones are not entered
};

struct TreeSize {
  int64_t bytes = 0, files = 0;  ///< directories are files too
};

/// At least so much: files that come or go meanwhile are counted or not. Nothing for a path that is not there, or is no
/// directory.
/// kInternal, kPermissionDenied: the directory cannot be read.
Result<TreeSize> DiskUseBelow(const std::string& path, const DiskUseBounds& bounds);

/// The same in parts, so that others get their turn in between.
class DiskUseWalk {
 public:
  DiskUseWalk(std::string path, const DiskUseBounds& bounds);
  ~DiskUseWalk();
  DiskUseWalk(DiskUseWalk&&) noexcept;
  DiskUseWalk& operator=(DiskUseWalk&&) noexcept;

  /// Looks at `entries` more at most; true when that was all. After an error it is over.
  Result<bool> GoOn(int64_t entries);
  int64_t entries() const;  ///< looked at so far
  bool whole() const;       ///< it is over, and nothing was left out for its bounds
  const TreeSize& size() const;

 private:
  class Walk;
  std::unique_ptr<Walk> walk_;
};

}  // namespace ordinal

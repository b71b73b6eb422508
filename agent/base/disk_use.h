// How much of the disk the files below a directory take: blocks, not lengths, a file with several names once. Links are
// not followed and other file systems not entered. Blocks: on the blocking pool.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "agent/base/result.h"

namespace ordinal {

struct DiskUseBounds {
  int64_t enough = INT64_MAX;  ///< bytes: who has counted more goes no further
  int64_t entries = 200'000;   ///< looked at, at most: about half a second; what was counted by then is the answer
  size_t depth = 256;          ///< of directories; deeper ones are not entered
};

struct TreeSize {
  int64_t bytes = 0, files = 0;  ///< directories are files too
};

/// At least so much: files that come or go meanwhile are counted or not. Nothing for a path that is not there.
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
  const TreeSize& size() const;

 private:
  class Walk;
  std::unique_ptr<Walk> walk_;
};

}  // namespace ordinal

// DiskLooks: looks at disks for the node's own API. A file system that does not answer, as one of a server that is
// gone, holds up neither pods nor the figures of others (base/device_looks.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/device_looks.h"
#include "agent/base/disk_use.h"

namespace ordinal::metrics {

struct DirectoryUse {
  uint64_t bytes = 0;   ///< of the disk's blocks
  uint64_t inodes = 0;  ///< the directory's own too
};

struct DiskWish {
  std::string path;
  size_t pod = 0;           ///< whose it is: each has a budget
  bool filesystem = false;  ///< how full its file system is
  bool files = false;       ///< what lies below it
};

/// What was not asked for or could not be had is absent. So is what holds more files than may be looked at.
struct DiskUse {
  std::optional<FilesystemUse> filesystem;
  std::optional<DirectoryUse> files;
};
using DiskUses = std::map<std::string, DiskUse>;  ///< by path

/// Files that are looked at: of one directory, of one pod, and for one answer, which takes some 100 ms then.
inline constexpr size_t kMostFilesOfOne = 5'000, kMostFilesOfPod = 10'000, kMostFiles = 50'000;

/// How many of them a look takes at once.
inline constexpr size_t kFilesAtOnce = 256;

/// How many may still be looked at for one answer. Any thread.
class FileBudget {
 public:
  size_t Take(size_t pod, size_t wanted);  ///< so many, or what is left
  void GiveBack(size_t pod, size_t unused);

 private:
  std::mutex mutex_;
  size_t all_ = kMostFiles;
  std::map<size_t, size_t> pods_;  // what is left of each that took some
};

/// Blocks. Any thread.
DiskUse LookAtDisk(const DiskWish& wish, FileBudget& budget);

class DiskLooks {
 public:
  using LookAt = std::function<DiskUse(const DiskWish& wish, FileBudget& budget)>;
  using Mounts = std::function<std::string()>;
  explicit DiskLooks(Clock& clock, LookAt look = LookAtDisk, Mounts mounts = DeviceLooks::MountsOfThisProcess)
      : look_(std::move(look)), devices_(clock, std::move(mounts)) {}

  /// Without what takes longer than DeviceLooks::kPatience.
  Task<DiskUses> Look(std::vector<DiskWish> wishes);

 private:
  const LookAt look_;
  DeviceLooks devices_;
};

}  // namespace ordinal::metrics

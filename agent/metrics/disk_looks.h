// DiskLooks: looks at disks for the node's own API, on a thread of its own, which is made when somebody asks: a file
// system that does not answer, as one of a server that is gone, holds up neither pods nor the other figures.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/clock.h"
#include "agent/metrics/disk.h"

namespace ordinal::metrics {

struct DiskWish {
  std::string path;
  size_t pod = 0;           ///< whose it is: each has a budget
  bool filesystem = false;  ///< UseOfFilesystem()
  bool files = false;       ///< UseOfDirectory()
};

/// What was not asked for or could not be had is absent.
struct DiskUse {
  std::optional<FilesystemUse> filesystem;
  std::optional<DirectoryUse> files;
};
using DiskUses = std::map<std::string, DiskUse>;  ///< by path

/// Files that are looked at: of one directory, of one pod, and for one answer, which takes some 100 ms then.
inline constexpr size_t kMostFilesOfOne = 5'000, kMostFilesOfPod = 10'000, kMostFiles = 50'000;

/// Blocks. `given_up`: nobody waits any more.
DiskUses LookAtDisks(const std::vector<DiskWish>& wishes, const std::atomic<bool>& given_up);

class DiskLooks {
 public:
  using LookAt = std::function<DiskUses(const std::vector<DiskWish>&, const std::atomic<bool>&)>;
  explicit DiskLooks(Clock& clock, LookAt look = LookAtDisks) : clock_(clock), look_(std::move(look)) {}

  /// One look at a time. Empty when it takes longer than kDiskPatience, and at once while such a look has not returned.
  Task<DiskUses> Look(std::vector<DiskWish> wishes);

  static constexpr Duration kDiskPatience = std::chrono::seconds(5);

 private:
  struct Job {
    std::atomic<bool> given_up{false}, over{false};
  };

  Clock& clock_;
  const LookAt look_;
  std::optional<BlockingPool> thread_;
  std::shared_ptr<const Job> late_;  ///< the last one that nobody waits for
};

}  // namespace ordinal::metrics

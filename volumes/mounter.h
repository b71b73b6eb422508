// Mounter: the mount calls this room needs. volumes/linux implements it on mount(2), tests/fakes in memory; both
// pass tests/contract/volumes_mounter_contract_test.cc.
//
// Every call blocks and may come from any thread of the blocking pool; callers never work on one path from two
// threads at once. Paths are absolute. Errors: kNotFound for a missing mount point, kPermissionDenied without
// CAP_SYS_ADMIN, kFailedPrecondition for one that is busy, kInternal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::volumes {

struct TmpfsOptions {
  std::optional<int64_t> size{};  ///< Bytes; absent = the kernel's default, half of the memory.
  uint32_t mode = 01777;          ///< Of its root.
  std::optional<int64_t> gid{};   ///< Of its root; absent = 0.
  int64_t page_size = 0;          ///< Bytes; a hugetlbfs of huge pages of this size instead of a tmpfs.
  bool operator==(const TmpfsOptions&) const = default;
};

class Mounter {
 public:
  virtual ~Mounter() = default;

  /// Mounts a new tmpfs on the existing directory `path`. Not idempotent: a second one covers the first.
  virtual Status MountTmpfs(const std::string& path, const TmpfsOptions& options) = 0;

  /// Binds what `from_fd` (O_PATH will do) is open on to the existing `to`, a directory on a directory and
  /// anything else on a file. A descriptor, because a path could be exchanged after it was checked.
  virtual Status BindMount(int from_fd, const std::string& to) = 0;

  /// Takes off the topmost mount at `path`, not following a symlink there. Success when nothing is mounted there
  /// or nothing exists there.
  virtual Status Unmount(const std::string& path) = 0;

  /// The mount points at and below `under`, in the order they were mounted, one entry per mount (a stack of two
  /// is listed twice), spelled with `under` as their beginning even when it leads through a symlink.
  virtual Result<std::vector<std::string>> ListMounts(const std::string& under) = 0;
};

}  // namespace ordinal::volumes

#include "volumes/linux/ownership.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <cerrno>

#include "volumes/linux/directories.h"

namespace ordinal::volumes {
namespace {

constexpr uint64_t kSameMount = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
constexpr mode_t kFileBits = 0660;
constexpr mode_t kDirectoryBits = S_ISGID | 0770;
// One descriptor a level. Deeper than anything but a loop made on purpose.
constexpr int kMaxDepth = 256;

/// chown clears setuid and setgid of files, so the mode comes second.
Status GiveFile(int fd, const struct stat& info, gid_t gid, const std::string& path) {
  if (info.st_gid != gid && ::fchownat(fd, "", static_cast<uid_t>(-1), gid, AT_EMPTY_PATH) != 0) {
    return ErrnoError("change the group of " + path, errno);
  }
  if (S_ISLNK(info.st_mode)) return {};
  const mode_t mode = (info.st_mode & 07777) | (S_ISDIR(info.st_mode) ? kDirectoryBits : kFileBits);
  if (mode == (info.st_mode & 07777) && info.st_gid == gid) return {};
  // The descriptor is O_PATH, which fchmod refuses.
  const std::string by_descriptor = fmt::format("/proc/self/fd/{}", fd);
  if (::chmod(by_descriptor.c_str(), mode) != 0) return ErrnoError("change the mode of " + path, errno);
  return {};
}

Status GiveDirectory(const Fd& directory, gid_t gid, const std::string& path, int depth);

Status GiveEntry(int parent, const std::string& name, gid_t gid, const std::string& path, int depth) {
  const Fd entry(::openat(parent, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!entry && errno == ENOENT) return {};  // gone meanwhile
  if (!entry) return ErrnoError("open " + path, errno);
  struct stat info {};
  if (::fstat(entry.get(), &info) != 0) return ErrnoError("look at " + path, errno);
  if (!S_ISDIR(info.st_mode)) return GiveFile(entry.get(), info, gid, path);
  const Fd same_mount = OpenResolved(parent, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW, kSameMount);
  if (!same_mount && (errno == EXDEV || errno == ENOENT)) return {};
  if (!same_mount) return ErrnoError("open " + path, errno);
  TRYV(GiveFile(same_mount.get(), info, gid, path));
  if (depth >= kMaxDepth) {
    return MakeError(ErrorCode::kNotSupported,
                     fmt::format("{}: fsGroup is applied {} directories deep at most: set fsGroupChangePolicy "
                                 "OnRootMismatch and the group of the files by hand",
                                 path, kMaxDepth));
  }
  return GiveDirectory(same_mount, gid, path, depth + 1);
}

Status GiveDirectory(const Fd& directory, gid_t gid, const std::string& path, int depth) {
  Fd readable(::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!readable) return ErrnoError("open " + path, errno);
  return ForEachEntry(std::move(readable), path, [&](int parent, const std::string& name) {
    return GiveEntry(parent, name, gid, path + "/" + name, depth);
  });
}

}  // namespace

Status GiveTreeToGroup(const std::string& path, gid_t gid, FsGroupPolicy policy) {
  const Fd root(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return ErrnoError("open " + path + " for fsGroup", errno);
  struct stat info {};
  if (::fstat(root.get(), &info) != 0) return ErrnoError("look at " + path, errno);
  const bool matches = info.st_gid == gid && (info.st_mode & kDirectoryBits) == kDirectoryBits;
  if (policy == FsGroupPolicy::kOnRootMismatch && matches) return {};
  // The root comes last: it matches only once everything below it does, also after a kill half-way.
  TRYV(GiveDirectory(root, gid, path, 0));
  return GiveFile(root.get(), info, gid, path);
}

}  // namespace ordinal::volumes

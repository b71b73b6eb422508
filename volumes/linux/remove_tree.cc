// Removing the directory of a pod or a volume. What containers left in it is not to be trusted: symlinks, other mounts,
// and trees deeper than a stack or a descriptor table.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "volumes/linux/directories.h"

namespace ordinal::volumes {
namespace {

constexpr uint64_t kSameMount = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
constexpr int kMaxDepth = 64;

class Removal {
 public:
  explicit Removal(const Fd& top) : top_(top) {}

  /// Empties the directory that `directory` is open on. `path` is for messages.
  Status Empty(Fd directory, const std::string& path, int depth) {
    return ForEachEntry(std::move(directory), path, [&](int parent, const std::string& name) {
      return RemoveEntry(parent, name, path + "/" + name, depth);
    });
  }

  bool moved_any() const { return moved_ > 0; }
  void ForgetMoved() { moved_ = 0; }

 private:
  Status RemoveEntry(int parent, const std::string& name, const std::string& path, int depth) {
    if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) return {};
    if (errno != EISDIR && errno != EPERM) return ErrnoError("remove " + path, errno);
    const int unlink_error = errno;
    Fd child = OpenResolved(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW, kSameMount);
    if (!child && errno == EXDEV) {
      return MakeError(ErrorCode::kFailedPrecondition, path + " is a mount point, left as it is: unmount it");
    }
    if (!child && errno == ENOTDIR) return ErrnoError("remove " + path, unlink_error);  // an immutable file
    if (!child) return ErrnoError("open " + path, errno);
    if (depth >= kMaxDepth) return MoveToTop(parent, name, path);
    TRYV(Empty(std::move(child), path, depth + 1));
    if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
    if (errno == ENOTEMPTY) return {};  // filled again meanwhile: the next round of the whole tree finds it
    return ErrnoError("remove " + path, errno);
  }

  /// A tree this deep continues as a sibling of its distant ancestors: bounded depth for any tree.
  Status MoveToTop(int parent, const std::string& name, const std::string& path) {
    for (int attempt = 0; attempt < 1000; ++attempt) {
      const std::string new_name = ".deep-" + std::to_string(serial_++);
      if (::renameat2(parent, name.c_str(), top_.get(), new_name.c_str(), RENAME_NOREPLACE) == 0) {
        ++moved_;
        return {};
      }
      if (errno != EEXIST) return ErrnoError("move " + path + " up to remove it", errno);
    }
    return ErrnoError("move " + path + " up to remove it", EEXIST);
  }

  const Fd& top_;
  int moved_ = 0;
  int serial_ = 0;
};

/// Removes everything in `top`. `path` is for messages.
Status EmptyTop(const Fd& top, const std::string& path) {
  Removal removal(top);
  constexpr int kRounds = 100'000;  // each takes kMaxDepth levels off the deepest path
  for (int round = 0; round < kRounds; ++round) {
    removal.ForgetMoved();
    Fd again(::openat(top.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!again) return ErrnoError("open " + path, errno);
    TRYV(removal.Empty(std::move(again), path, 0));
    if (!removal.moved_any()) return {};
  }
  return MakeError(ErrorCode::kFailedPrecondition, path + " keeps being filled while it is removed: stop its users");
}

}  // namespace

Status RemoveDirectoryTree(const std::string& path) {
  const std::filesystem::path target(path);
  const Fd parent(::open(target.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!parent && errno == ENOENT) return {};
  if (!parent) return ErrnoError("open " + target.parent_path().string(), errno);
  const std::string name = target.filename();
  const Fd top = OpenResolved(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW, kSameMount);
  if (!top && errno == ENOENT) return {};
  if (!top && errno == EXDEV) {
    return MakeError(ErrorCode::kFailedPrecondition, path + " is a mount point, left as it is: unmount it");
  }
  if (!top) return ErrnoError("open " + path + " to remove it", errno);
  TRYV(EmptyTop(top, path));
  if (::unlinkat(parent.get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
  return ErrnoError("remove " + path, errno);
}

Status EmptyDirectory(const std::string& path) {
  const Fd top = OpenResolved(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW, RESOLVE_NO_SYMLINKS);
  if (!top && errno == ELOOP) {
    return MakeError(ErrorCode::kPermissionDenied, path + " leads through a symlink, left as it is");
  }
  if (!top) return ErrnoError("open " + path + " to empty it", errno);
  return EmptyTop(top, path);
}

}  // namespace ordinal::volumes

// subPath: containers can write symlinks into their volumes, so a path below a volume is never trusted. The
// kernel resolves it (RESOLVE_BENEATH), and what it opened is what gets mounted.
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "volumes/linux/directories.h"

namespace ordinal::volumes {
namespace {

constexpr uint64_t kBelow = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;

Error OpenError(const std::string& root, const std::string& sub_path, int error_number) {
  const std::string what = fmt::format("open subPath \"{}\" of {}", sub_path, root);
  switch (error_number) {
    case EXDEV:
    case ELOOP:
      return MakeError(ErrorCode::kPermissionDenied,
                       what + ": it leads out of the volume through a symlink: remove the symlink or correct subPath");
    case ENOSYS:
      return MakeError(ErrorCode::kNotSupported,
                       what + ": the kernel has no openat2: subPath needs Linux 5.6 or newer");
    default: return ErrnoError(what, error_number);
  }
}

/// Makes `name` in `parent` with `mode` and opens it. The name may have been exchanged for a symlink in between;
/// O_NOFOLLOW refuses that.
Result<Fd> MakeAndOpen(int parent, const std::string& name, mode_t mode) {
  if (::mkdirat(parent, name.c_str(), mode) != 0 && errno != EEXIST) return ErrnoError("create " + name, errno);
  Fd made(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made) {
    const int error_number = errno;
    if (error_number == ENOTDIR || error_number == ELOOP) {
      return MakeError(ErrorCode::kPermissionDenied, name + " is a symlink to nowhere: remove it or correct subPath");
    }
    return ErrnoError("open " + name, error_number);
  }
  if (::fchmod(made.get(), mode) != 0) return ErrnoError("change the mode of " + name, errno);
  return made;
}

/// The reference gives what it makes the mode of the volume (Kubernetes: pkg/kubelet/kubelet_pods.go, makeMounts).
Status MakeMissing(const Fd& root, const std::string& root_path, const std::string& sub_path) {
  struct stat info {};
  if (::fstat(root.get(), &info) != 0) return ErrnoError("look at " + root_path, errno);
  const mode_t mode = info.st_mode & (S_ISGID | S_ISVTX | 0777);
  std::string so_far;
  Fd parent = OpenResolved(root.get(), ".", O_PATH | O_DIRECTORY, kBelow);
  for (const auto& part : std::filesystem::path(sub_path)) {
    if (part.empty() || part == ".") continue;
    so_far += (so_far.empty() ? "" : "/") + part.string();
    Fd next = OpenResolved(root.get(), so_far.c_str(), O_PATH, kBelow);
    if (!next && errno != ENOENT) return OpenError(root_path, so_far, errno);
    if (!next) {
      auto made = MakeAndOpen(parent.get(), part.string(), mode);
      if (!made.ok()) return std::move(made).error().With(fmt::format("subPath \"{}\" of {}", sub_path, root_path));
      next = std::move(made).value();
    }
    parent = std::move(next);
  }
  return {};
}

}  // namespace

Result<Fd> OpenBelow(const std::string& root, const std::string& sub_path) {
  const Fd root_fd(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root_fd) return ErrnoError(fmt::format("open {} for subPath \"{}\"", root, sub_path), errno);
  Fd found = OpenResolved(root_fd.get(), sub_path.c_str(), O_PATH, kBelow);
  if (found) return found;
  if (errno != ENOENT) return OpenError(root, sub_path, errno);
  TRYV(MakeMissing(root_fd, root, sub_path));
  found = OpenResolved(root_fd.get(), sub_path.c_str(), O_PATH, kBelow);
  if (!found) return OpenError(root, sub_path, errno);
  return found;
}

}  // namespace ordinal::volumes

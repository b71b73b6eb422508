#include "volumes/linux/linux_mounter.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "agent/base/fd.h"
#include "agent/base/mountinfo.h"
#include "agent/base/whole_file.h"

namespace ordinal::volumes {
namespace {

Error MountError(const std::string& what, int error_number) {
  Error error = ErrnoError(what, error_number);
  if (error_number == EPERM || error_number == EACCES) error.message += " (mounting needs root with CAP_SYS_ADMIN)";
  if (error_number == EBUSY) {
    error.code = ErrorCode::kFailedPrecondition;
    error.message += " (a process uses it: `fuser -vm` on the path names it)";
  }
  return error;
}

Result<std::string> ReadAll(const char* path) {
  const Fd file(::open(path, O_RDONLY | O_CLOEXEC));
  if (!file) return ErrnoError(std::string("open ") + path, errno);
  return ReadToEnd(file.get(), path, SIZE_MAX);
}

}  // namespace

Status LinuxMounter::MountTmpfs(const std::string& path, const TmpfsOptions& options) {
  std::string data = fmt::format("mode={:o}", options.mode);
  if (options.gid) data += fmt::format(",gid={}", *options.gid);
  if (options.size) data += fmt::format(",size={}", *options.size);
  if (options.page_size > 0) {
    data += fmt::format(",pagesize={}", options.page_size);
    if (::mount("hugetlbfs", path.c_str(), "hugetlbfs", MS_RELATIME, data.c_str()) == 0) return {};
    return MountError(fmt::format("mount a hugetlbfs of pages of {} bytes on {}", options.page_size, path), errno);
  }
  // noswap (Linux 6.4) keeps what may be secret off the disk; older kernels refuse the word.
  if (::mount("tmpfs", path.c_str(), "tmpfs", MS_RELATIME, (data + ",noswap").c_str()) == 0) return {};
  if (errno == EINVAL && ::mount("tmpfs", path.c_str(), "tmpfs", MS_RELATIME, data.c_str()) == 0) return {};
  return MountError("mount a tmpfs on " + path, errno);
}

Status LinuxMounter::BindMount(int from_fd, const std::string& to) {
  const std::string from = fmt::format("/proc/self/fd/{}", from_fd);
  if (::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) == 0) return {};
  return MountError("bind mount on " + to, errno);
}

Status LinuxMounter::Unmount(const std::string& path) {
  if (::umount2(path.c_str(), UMOUNT_NOFOLLOW) == 0) return {};
  if (errno == EINVAL || errno == ENOENT) return {};  // no mount point, or nothing at all
  return MountError("unmount " + path, errno);
}

Result<std::vector<std::string>> LinuxMounter::ListMounts(const std::string& under) {
  const std::unique_ptr<char, decltype(&::free)> real(::realpath(under.c_str(), nullptr), &::free);
  if (!real && errno == ENOENT) return std::vector<std::string>{};
  if (!real) return ErrnoError("resolve " + under, errno);
  const std::string real_under = real.get();
  // thread-self: the namespace that this thread's mount calls work in.
  TRY(const std::string mountinfo, ReadAll("/proc/thread-self/mountinfo"));
  std::vector<std::string> points = MountPointsUnder(mountinfo, real_under);
  for (std::string& point : points) point.replace(0, real_under.size(), under);
  return points;
}

}  // namespace ordinal::volumes

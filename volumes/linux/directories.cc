#include "volumes/linux/directories.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace ordinal::volumes {

Status MakeDirectories(const std::string& path, mode_t mode) {
  std::string made;
  for (const auto& part : std::filesystem::path(path)) {
    if (part.empty()) continue;  // a trailing slash
    if (!made.empty() && made.back() != '/') made += '/';
    made += part.string();
    if (::mkdir(made.c_str(), mode) == 0) {
      if (::chmod(made.c_str(), mode) != 0) return ErrnoError("change the mode of " + made, errno);
    } else if (errno != EEXIST) {
      return ErrnoError("create directory " + made, errno);
    }
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return ErrnoError("create directory " + path, errno);
  if (!S_ISDIR(info.st_mode)) return ErrnoError("create directory " + path, ENOTDIR);
  return {};
}

Status MakeFinishedDirectory(const std::string& path, uint32_t mode, std::optional<int64_t> gid) {
  const std::filesystem::path target(path);
  // No name of a volume or claim begins with a dot, so the draft is nobody else's. It may be there already: a
  // killed agent's, or that of another thread at the same work.
  const std::string draft = target.parent_path() / ("." + target.filename().string() + ".new");
  const auto finished = [&](int error_number, const char* step) -> Status {
    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return {};
    return ErrnoError(std::string(step) + " " + draft, error_number);
  };
  if (::mkdir(draft.c_str(), kPrivateDirectory) != 0 && errno != EEXIST) return finished(errno, "create");
  if (gid && ::lchown(draft.c_str(), static_cast<uid_t>(-1), static_cast<gid_t>(*gid)) != 0) {
    return finished(errno, "change the group of");
  }
  if (::chmod(draft.c_str(), mode) != 0) return finished(errno, "change the mode of");
  // NOREPLACE: an empty directory of that name may be in use by a container already.
  if (::renameat2(AT_FDCWD, draft.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) return {};
  const int error_number = errno;
  ::rmdir(draft.c_str());
  return finished(error_number, "rename");
}

Status MakeVolumeDirectory(const std::string& path) {
  constexpr uint32_t kEverybody = 0777;
  TRYV(MakeDirectories(std::filesystem::path(path).parent_path(), kPrivateDirectory));
  return MakeFinishedDirectory(path, kEverybody, {});
}

Fd OpenResolved(int directory, const char* path, int flags, uint64_t resolve) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
  how.resolve = resolve;
  constexpr int kAttempts = 32;  // EAGAIN: something was renamed meanwhile, and the kernel cannot vouch for ".."
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const long fd = ::syscall(SYS_openat2, directory, path, &how, sizeof(how));
    if (fd >= 0) return Fd(static_cast<int>(fd));
    if (errno != EAGAIN && errno != EINTR) break;
  }
  return Fd();
}

Status ForEachEntry(Fd directory, const std::string& path,
                    const std::function<Status(int directory, const std::string& name)>& visit) {
  const auto close = [](DIR* entries) { ::closedir(entries); };
  const std::unique_ptr<DIR, decltype(close)> entries(::fdopendir(directory.get()), close);
  if (!entries) return ErrnoError("read " + path, errno);
  const int fd = directory.Release();  // owned by `entries` now
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(entries.get());
    if (entry == nullptr) return errno == 0 ? Status() : ErrnoError("read " + path, errno);
    const std::string name = entry->d_name;
    if (name != "." && name != "..") TRYV(visit(fd, name));
  }
}

}  // namespace ordinal::volumes

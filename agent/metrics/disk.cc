#include "agent/metrics/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <memory>
#include <string_view>

#include "agent/base/fd.h"

namespace ordinal::metrics {
namespace {

constexpr uint64_t kBlock = 512;  // bytes, of stat(2)
constexpr int kDeepest = 64;      // directories in each other: each holds a descriptor open

struct Walk {
  dev_t device;
  size_t& most;
  DirectoryUse use;

  bool Count(const struct stat& facts) {
    if (most == 0) return false;
    --most;
    use.bytes += static_cast<uint64_t>(facts.st_blocks) * kBlock;
    ++use.inodes;
    return true;
  }

  /// False when it was given up.
  bool Below(Fd directory, int depth) {
    if (depth > kDeepest) return false;
    const int fd = directory.get();
    const auto close = [](DIR* open) { ::closedir(open); };
    const std::unique_ptr<DIR, decltype(close)> entries(::fdopendir(fd), close);
    if (!entries) return false;
    directory.Release();
    while (const dirent* entry = ::readdir(entries.get())) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      struct stat facts {};
      if (::fstatat(fd, entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;  // it went meanwhile
      if (facts.st_dev != device) continue;
      if (!Count(facts)) return false;
      if (!S_ISDIR(facts.st_mode)) continue;
      Fd inner(::openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (inner && !Below(std::move(inner), depth + 1)) return false;
    }
    return true;
  }
};

}  // namespace

std::optional<FilesystemUse> UseOfFilesystem(const std::string& path) {
  struct statvfs space {};
  if (::statvfs(path.c_str(), &space) != 0) return std::nullopt;
  FilesystemUse use;
  use.capacity = space.f_blocks * space.f_frsize;
  use.available = space.f_bavail * space.f_frsize;
  use.used = (space.f_blocks - space.f_bfree) * space.f_frsize;
  use.inodes = space.f_files;
  use.inodes_free = space.f_ffree;
  use.inodes_used = space.f_files - space.f_ffree;
  return use;
}

std::optional<DirectoryUse> UseOfDirectory(const std::string& path, size_t& most) {
  Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat facts {};
  if (!directory || ::fstat(directory.get(), &facts) != 0) return std::nullopt;
  Walk walk{facts.st_dev, most, {}};
  if (!walk.Count(facts) || !walk.Below(std::move(directory), 0)) return std::nullopt;
  return walk.use;
}

}  // namespace ordinal::metrics

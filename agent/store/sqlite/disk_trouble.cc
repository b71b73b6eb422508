#include "agent/store/sqlite/disk_trouble.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "agent/base/fd.h"
#include "agent/base/layout.h"

namespace ordinal::store {
namespace {

// A commit needs two or three pages, and the file system some for itself.
constexpr uint64_t kTooLittle = 64 * 1024;

/// SQLite does not always pass on what the system said: a file without a name is made to hear it again. Not store.db:
/// closing any descriptor of it would drop the locks that SQLite holds on it.
int Ask(const std::string& directory) {
  const Fd file(::open(directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  return file ? 0 : errno;
}

}  // namespace

FileIdentity IdentityOf(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return {};
  return {facts.st_dev, facts.st_ino};
}

Error ReplacedError(const std::string& file) {
  return MakeError(ErrorCode::kUnavailable,
                   fmt::format("{} is not the file any more that this agent opened: it was replaced, moved or removed "
                               "while the agent ran. Nothing more is written; everything acknowledged so far is in "
                               "{}.backup if the directory is still there. Put the file back, and the agent goes on by "
                               "itself; or stop it, choose a file, and start it again",
                               file, file),
                   kFileReplaced);
}

bool IsReadOnly(const std::string& directory) {
  struct statvfs space {};
  return ::statvfs(directory.c_str(), &space) == 0 && (space.f_flag & ST_RDONLY) != 0;
}

DiskSpace SpaceAt(const std::string& directory) {
  struct statvfs space {};
  if (::statvfs(directory.c_str(), &space) != 0) return {};
  const auto unit = static_cast<uint64_t>(space.f_frsize);
  return {space.f_blocks * unit, space.f_bfree * unit, true};
}

std::optional<Error> DiskTrouble(const std::string& directory) {
  const DiskSpace space = SpaceAt(directory);
  const bool full = space.known && space.free < kTooLittle;
  if (!full && !IsReadOnly(directory)) return std::nullopt;
  return DiskError(Layout::StoreIn(directory), full ? ENOSPC : EROFS);
}

Error DiskError(const std::string& file, int error_number) {
  const std::string directory = std::filesystem::path(file).parent_path();
  const DiskSpace space = SpaceAt(directory);
  const std::string free = space.known ? fmt::format("{} bytes free", space.free) : "free space unknown";
  if (error_number == 0 || error_number == ENOENT) error_number = Ask(directory);
  const bool unsaid = error_number == 0 || error_number == EOPNOTSUPP;
  if (error_number == EROFS || IsReadOnly(directory)) {
    return MakeError(ErrorCode::kUnavailable,
                     fmt::format("the file system of {} is read-only: the store cannot be written ({}). Look into the "
                                 "kernel's log for the reason, mount it for writing, and restart ordinald if it does "
                                 "not go on by itself",
                                 directory, free),
                     kDiskReadOnly);
  }
  if (error_number == ENOSPC || error_number == EDQUOT || (unsaid && space.known && space.free < kTooLittle)) {
    return MakeError(ErrorCode::kUnavailable,
                     fmt::format("no space left {} {}: the store cannot be written ({}). Make room there; ordinald "
                                 "goes on by itself",
                                 error_number == EDQUOT ? "in the quota of" : "on the disk of", directory, free),
                     kDiskFull);
  }
  return MakeError(ErrorCode::kUnavailable,
                   fmt::format("the disk of {} fails: the store cannot be written ({}; {}). Look into the kernel's "
                               "log, repair the file system with ordinald stopped, and start it again",
                               directory, unsaid ? "input/output error" : std::strerror(error_number), free),
                   kDiskFails);
}

}  // namespace ordinal::store

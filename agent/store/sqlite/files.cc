#include "agent/store/sqlite/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "agent/base/log.h"

namespace ordinal::store {
namespace {

namespace fs = std::filesystem;

/// Opens `path`, lets `use` have the descriptor, closes it.
template <class Use>
Status WithFile(const std::string& path, int flags, Use use) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) return ErrnoError("open " + path, errno);
  const bool done = use(fd) == 0;
  const int error = errno;
  ::close(fd);
  return done ? Status() : ErrnoError("write " + path, error);
}

Status SyncFile(const std::string& path) {
  return WithFile(path, O_RDONLY, [](int fd) { return ::fsync(fd); });
}

/// Nanoseconds; 0 when there is no such file.
int64_t ChangedAt(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return 0;
  return int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
}

bool Exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace

std::string StoreFiles::Cure() const {
  return fmt::format(
      "To go on from the last backup: cp -p {} {}. To start empty: move every {}.* and {}-* file to another directory. "
      "Volumes are not touched by either.",
      Backup(), Main(), Main(), Main());
}

bool StoreFiles::LeftBehind() const {
  if (Exists(Backup()) || Exists(Log())) return true;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(directory_, failed)) {
    if (entry.path().filename().string().starts_with("store.db.damaged-")) return true;
  }
  return false;
}

Status StoreFiles::Prepare() const {
  std::error_code failed;
  if (!Exists(directory_)) {
    fs::create_directories(directory_, failed);
    if (failed) return ErrnoError("create " + directory_, failed.value());
    ::chmod(directory_.c_str(), 0700);
  }
  if (!Exists(Main())) {
    if (LeftBehind()) {
      return MakeError(ErrorCode::kFailedPrecondition,
                       fmt::format("{} is missing, but there was a store here. {}", Main(), Cure()));
    }
    TRYV(WithFile(Main(), O_WRONLY | O_CREAT, [](int fd) { return ::fsync(fd); }));
    TRYV(SyncFile(directory_));
  }
  if (::chmod(Main().c_str(), 0600) != 0) return ErrnoError("chmod 0600 " + Main(), errno);
  return {};
}

bool StoreFiles::BackupIsOld() const { return std::max(ChangedAt(Main()), ChangedAt(Log())) > ChangedAt(Backup()); }

bool StoreFiles::HasBackup() const { return Exists(Backup()); }

Status StoreFiles::MakeBackup(Database& db) const {
  const std::string unfinished = Backup() + ".new";
  // VACUUM INTO takes an empty file and keeps its mode, but does not sync what it wrote.
  TRYV(WithFile(unfinished, O_WRONLY | O_CREAT | O_TRUNC, [](int fd) { return ::fchmod(fd, 0600); }));
  TRY(Statement vacuum, db.Prepare("VACUUM INTO ?"));
  TRYV(vacuum.Bind(1, unfinished).Run());
  TRYV(SyncFile(unfinished));
  if (::rename(unfinished.c_str(), Backup().c_str()) != 0) return ErrnoError("rename " + unfinished, errno);
  return SyncFile(directory_);
}

Error StoreFiles::SetAside(const Error& why, WallTime now) const {
  std::string stamp = FormatTime(now);
  std::erase(stamp, ':');
  const std::string aside = fmt::format("{}.damaged-{}", Main(), stamp);
  // The log goes last: a store.db left without its log would look whole and be old.
  for (const char* suffix : {"", "-journal", "-wal"}) {
    const std::string from = Main() + suffix;
    if (Exists(from) && ::rename(from.c_str(), (aside + suffix).c_str()) != 0) {
      return ErrnoError(fmt::format("{} is damaged ({}) and cannot be set aside", from, why.message), errno);
    }
  }
  const std::string message = fmt::format("{} is damaged ({}); it was set aside as {}. {}{}", Main(), why.message,
                                          aside, HasBackup() ? "" : "There is no backup yet. ", Cure());
  log::Error("{}", message);
  return DamageError(message);
}

}  // namespace ordinal::store

#include "agent/store/sqlite/backup_maker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "agent/base/fd.h"
#include "agent/store/sqlite/disk_trouble.h"

namespace ordinal::store {
namespace {

constexpr int kPortion = 64;  // pages: half a megabyte
constexpr int kAll = -1;
// Left for the store itself: a backup must not be what fills the disk.
constexpr uint64_t kLeave = 1024 * 1024;

Status MakeEmpty(const std::string& path) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return ErrnoError("open " + path, errno);
  return ::fchmod(file.get(), 0600) == 0 ? Status() : ErrnoError("chmod 0600 " + path, errno);
}

Status CheckRoom(Database& source, const std::string& path) {
  TRY(const uint64_t pages, source.QueryNumber("PRAGMA page_count"));
  TRY(const uint64_t page, source.QueryNumber("PRAGMA page_size"));
  const DiskSpace space = SpaceAt(path.substr(0, path.rfind('/')));
  const uint64_t needed = pages * page + kLeave;
  if (!space.known || space.free >= needed) return {};
  return MakeError(ErrorCode::kUnavailable,
                   fmt::format("no room for a backup: {} bytes are free, {} are needed", space.free, needed));
}

Result<uint64_t> Finish(const StoreFiles& files) {
  auto finished = files.FinishBackup();
  if (!finished.ok()) ::unlink(files.UnfinishedBackup().c_str());
  return finished;
}

}  // namespace

BackupMaker::~BackupMaker() {
  if (finishing_.joinable()) finishing_.join();
  if (copy_ != nullptr) GiveUp();
}

Status BackupMaker::Start(Database& source) {
  const std::string path = files_.UnfinishedBackup();
  TRYV(CheckRoom(source, path));
  TRYV(MakeEmpty(path));
  TRY(Database target, Database::OpenForCopy(path));
  target_ = std::make_unique<Database>(std::move(target));
  copy_ = sqlite3_backup_init(target_->handle(), "main", source.handle(), "main");
  if (copy_ != nullptr) return {};
  Error error = DatabaseError(target_->handle(), "backup");
  target_.reset();
  ::unlink(path.c_str());
  return error;
}

/// True when all is copied, and in the file.
Result<bool> BackupMaker::Copy(int pages) {
  const int code = sqlite3_backup_step(copy_, pages);
  if (code == SQLITE_OK) return false;
  const int ended = sqlite3_backup_finish(std::exchange(copy_, nullptr));
  if (code == SQLITE_DONE && ended == SQLITE_OK) {
    target_.reset();
    return true;
  }
  Error error = DatabaseError(target_->handle(), "backup");
  GiveUp();
  return error;
}

void BackupMaker::GiveUp() {
  sqlite3_backup_finish(std::exchange(copy_, nullptr));
  target_.reset();
  ::unlink(files_.UnfinishedBackup().c_str());
}

void BackupMaker::Begin(Database& source, Done done) {
  if (copying()) return;
  if (finishing_.joinable()) finishing_.join();
  const Status started = Start(source);
  if (!started.ok()) return done(started.error());
  done_ = std::move(done);
}

void BackupMaker::Step() {
  if (!copying()) return;
  const Result<bool> all = Copy(kPortion);
  if (all.ok() && !*all) return;
  if (!all.ok()) return std::exchange(done_, nullptr)(all.error());
  finishing_ = std::thread([files = files_, done = std::exchange(done_, nullptr)] { done(Finish(files)); });
}

Result<uint64_t> BackupMaker::Make(Database& source) {
  if (finishing_.joinable()) finishing_.join();
  if (copying()) GiveUp();
  TRYV(Start(source));
  TRY(const bool all, Copy(kAll));
  if (!all) return MakeError(ErrorCode::kInternal, "backup: SQLite did not copy all");
  return Finish(files_);
}

}  // namespace ordinal::store

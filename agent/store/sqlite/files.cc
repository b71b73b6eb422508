#include "agent/store/sqlite/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "agent/base/fd.h"
#include "agent/base/log.h"
#include "agent/store/sqlite/schema.h"

namespace ordinal::store {
namespace {

namespace fs = std::filesystem;

constexpr auto kHourly = std::chrono::hours(1);
constexpr auto kDaily = std::chrono::hours(24);

/// Opens `path`, lets `use` have the descriptor, closes it.
template <class Use>
Status WithFile(const std::string& path, int flags, Use use) {
  const Fd file(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  if (!file) return ErrnoError("open " + path, errno);
  return use(file.get()) == 0 ? Status() : ErrnoError("write " + path, errno);
}

Status SyncFile(const std::string& path) {
  return WithFile(path, O_RDONLY, [](int fd) { return ::fsync(fd); });
}

/// When its content was last written; the beginning of time when there is no such file.
WallTime WrittenAt(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return {};
  return WallTime(std::chrono::seconds(info.st_mtim.tv_sec) + std::chrono::nanoseconds(info.st_mtim.tv_nsec));
}

uint64_t SizeOf(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? static_cast<uint64_t>(info.st_size) : 0;
}

bool Exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

/// "40 s", "3 min", "5 h", "2 days".
std::string AgeOf(WallTime made, WallTime now) {
  const int64_t seconds = std::max<int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(now - made).count());
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 120 * 60) return fmt::format("{} min", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} days", seconds / 86400);
}

/// The revision of a file at rest that is whole.
Result<uint64_t> CheckedRevision(const std::string& path) {
  TRY(Database db, Database::OpenAtRest(path));
  TRY(const std::string verdict, db.QueryText("PRAGMA quick_check(1)"));
  if (verdict != "ok") return DamageError(path + ": quick_check: " + verdict);
  TRY(const uint64_t version, db.QueryNumber("PRAGMA user_version"));
  if (version == 0) return DamageError(path + " is no store");
  return LastRevision(db);
}

struct AtRest {
  uint64_t version, revision;
};

/// Absent for a file that is not there, or cannot be read by this agent.
std::optional<AtRest> ReadAtRest(const std::string& path) {
  if (!Exists(path)) return std::nullopt;
  auto db = Database::OpenAtRest(path);
  if (!db.ok()) return std::nullopt;
  const auto version = db->QueryNumber("PRAGMA user_version");
  if (!version.ok() || *version > UpgradeSteps().back().version) return std::nullopt;
  const auto revision = LastRevision(*db);
  return revision.ok() ? std::optional<AtRest>({*version, *revision}) : std::nullopt;
}

Status Rename(const std::string& from, const std::string& to) {
  return ::rename(from.c_str(), to.c_str()) == 0 ? Status() : ErrnoError("rename " + from + " to " + to, errno);
}

}  // namespace

std::string StoreFiles::Cure(WallTime now) const {
  // What a copied backup must not meet: a log that is not its own would be played into it.
  std::string in_the_way;
  for (const std::string& path : {Main(), Log(), Main() + "-journal", Mark()}) {
    if (Exists(path)) in_the_way += path + " ";
  }
  const std::string aside = directory_ + "/store-aside";
  const std::string clear =
      in_the_way.empty() ? "" : fmt::format("mkdir -p {} && mv {}{}/ && ", aside, in_the_way, aside);
  const std::vector<store::Backup> backups = GoodBackups();
  const std::string from_backup =
      backups.empty() ? "There is no good backup"
                      : fmt::format(
                            "To go on from the newest good backup, which ends at revision {} and is {} old: "
                            "{}cp -p {} {}",
                            backups[0].revision, AgeOf(backups[0].made, now), clear, backups[0].path, Main());
  std::string older;
  for (size_t i = 1; i < backups.size(); ++i) {
    older += fmt::format("{}{} (revision {}, {} old)", older.empty() ? ". Older ones: " : ", ", backups[i].path,
                         backups[i].revision, AgeOf(backups[i].made, now));
  }
  return fmt::format(
      "{}{}. To start empty: move every {}* file to another directory. Volumes are not touched by either: a claim that "
      "is then missing finds its directory again by the annotation ordinal.dev/directory",
      from_backup, older, Main());
}

bool StoreFiles::LeftBehind() const { return HasBackup() || Exists(Log()) || HadContent(); }

bool StoreFiles::HadContent() const {
  if (Exists(Mark())) return true;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(directory_, failed)) {
    if (entry.path().filename().string().starts_with("store.db.damaged-")) return true;
  }
  return false;
}

Status StoreFiles::Prepare(WallTime now) const {
  std::error_code failed;
  if (!Exists(directory_)) {
    fs::create_directories(directory_, failed);
    if (failed) return ErrnoError("create " + directory_, failed.value());
    ::chmod(directory_.c_str(), 0700);
  }
  if (!Exists(Main())) {
    if (LeftBehind()) {
      return MakeError(ErrorCode::kFailedPrecondition,
                       fmt::format("{} is missing, but there was a store here. {}", Main(), Cure(now)));
    }
    TRYV(WithFile(Main(), O_WRONLY | O_CREAT, [](int fd) { return ::fsync(fd); }));
    TRYV(SyncFile(directory_));
  }
  if (::chmod(Main().c_str(), 0600) != 0) return ErrnoError("chmod 0600 " + Main(), errno);
  return {};
}

bool StoreFiles::HasBackup() const { return Exists(Backup()) || Exists(Backup() + ".1") || Exists(Backup() + ".2"); }

bool StoreFiles::HasLog() const { return Exists(Log()); }

bool StoreFiles::EmptiedUnderItsLog() const { return Exists(Main()) && SizeOf(Main()) == 0 && SizeOf(Log()) > 0; }

std::optional<uint64_t> StoreFiles::BackedUp() const {
  const auto backup = ReadAtRest(Backup());
  return backup ? std::optional<uint64_t>(backup->revision) : std::nullopt;
}

bool StoreFiles::BackupIsCurrent(uint64_t last) const {
  if (!Exists(Backup())) return last == 0;  // nothing to copy
  const auto backup = ReadAtRest(Backup());
  // A store of a newer version is worth a copy of its own.
  return backup && backup->version == UpgradeSteps().back().version && backup->revision == last;
}

std::vector<store::Backup> StoreFiles::GoodBackups() const {
  std::vector<store::Backup> good;
  for (const char* suffix : {"", ".1", ".2"}) {
    const std::string path = Backup() + suffix;
    if (!Exists(path)) continue;
    const auto revision = CheckedRevision(path);
    if (revision.ok()) good.push_back({path, *revision, WrittenAt(path)});
  }
  return good;
}

Result<uint64_t> StoreFiles::FinishBackup() const {
  TRYV(SyncFile(UnfinishedBackup()));
  TRY(const uint64_t revision, CheckedRevision(UnfinishedBackup()));
  TRYV(KeepOlder());
  TRYV(Rename(UnfinishedBackup(), Backup()));
  TRYV(SyncFile(directory_));
  return revision;
}

/// A backup that is about to be replaced is kept when the one behind it is an hour older, and that one when the last is
/// a day older: three of one minute would all hold the same mistake.
Status StoreFiles::KeepOlder() const {
  const std::string newest = Backup(), second = newest + ".1", third = newest + ".2";
  if (!Exists(newest)) return {};
  if (Exists(second)) {
    if (WrittenAt(newest) - WrittenAt(second) < kHourly) return {};
    if (!Exists(third) || WrittenAt(second) - WrittenAt(third) >= kDaily) TRYV(Rename(second, third));
  }
  // A second name for it, so that store.db.backup is there at every moment.
  const std::string linked = second + ".new";
  ::unlink(linked.c_str());
  if (::link(newest.c_str(), linked.c_str()) != 0) return ErrnoError("link " + linked, errno);
  return Rename(linked, second);
}

Error StoreFiles::SetAside(const Error& why, WallTime now) const {
  std::string stamp = FormatTime(now);
  std::erase(stamp, ':');
  const std::string aside = fmt::format("{}.damaged-{}", Main(), stamp);
  // The log goes last: a store.db left without its log would look whole and be old.
  for (const char* suffix : {"", "-journal", ".mark", "-wal"}) {
    const std::string from = Main() + suffix;
    if (Exists(from) && ::rename(from.c_str(), (aside + suffix).c_str()) != 0) {
      return ErrnoError(fmt::format("{} is damaged ({}) and cannot be set aside", from, why.message), errno);
    }
  }
  const std::string message =
      fmt::format("{} is damaged ({}); it was set aside as {}. {}", Main(), why.message, aside, Cure(now));
  log::Error("{}", message);
  return DamageError(message);
}

Error StoreFiles::Incomplete(uint64_t last, uint64_t marked, WallTime now) const {
  const std::string log = Exists(Log()) ? fmt::format("{} ({} bytes) does not hold them", Log(), SizeOf(Log()))
                                        : fmt::format("{}, where they should be, is gone", Log());
  return MakeError(
      ErrorCode::kFailedPrecondition,
      fmt::format("{} ends at revision {}, but revision {} was acknowledged: the changes of revisions {} to "
                  "{} are missing; {}. Nothing was touched. To go on with what is there: rm {}. {}",
                  Main(), last, marked, last + 1, marked, log, Mark(), Cure(now)));
}

}  // namespace ordinal::store

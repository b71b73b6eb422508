#include "agent/store/sqlite/writer.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "agent/base/log.h"

namespace ordinal::store {
namespace {

// Pages in the log from which it is moved into the file, once nobody waits (4 MiB of 8 KiB pages), and the length at
// which it is moved even if somebody does.
constexpr int kLongLog = 512;
constexpr int kTooLongLog = 4 * kLongLog;

// The mark is synced when nothing came for a moment, or after so many commits: one flush of the disk in 64 is not felt.
constexpr auto kQuiet = std::chrono::milliseconds(50);
constexpr int kCommitsPerMarkSync = 64;
constexpr uint64_t kNever = ~uint64_t{0};

int CountLogPages(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

}  // namespace

struct Writer::Statements {
  Statement begin, commit, put, remove, reserve, count;

  static Result<std::unique_ptr<Statements>> Make(Database& db) {
    TRY(Statement begin, db.Prepare("BEGIN IMMEDIATE"));
    TRY(Statement commit, db.Prepare("COMMIT"));
    TRY(Statement put, db.Prepare("INSERT INTO objects(kind, ns, name, revision, body) VALUES(?, ?, ?, ?, ?) "
                                  "ON CONFLICT(kind, ns, name) DO UPDATE SET revision = excluded.revision, "
                                  "body = excluded.body"));
    TRY(Statement remove, db.Prepare("DELETE FROM objects WHERE kind = ? AND ns = ? AND name = ?"));
    TRY(Statement reserve, db.Prepare("UPDATE counter SET last = ?, reserved = ?"));
    TRY(Statement count, db.Prepare("UPDATE counter SET last = ?"));
    return std::unique_ptr<Statements>(new Statements{std::move(begin), std::move(commit), std::move(put),
                                                      std::move(remove), std::move(reserve), std::move(count)});
  }
};

Writer::Writer(Database db, const Origin& origin, Settled settled)
    : db_(std::move(db)),
      shrinker_(*db_),
      maker_(std::make_unique<BackupMaker>(origin.files)),
      mark_(origin.files.Mark()),
      files_(origin.files),
      main_(IdentityOf(files_.Main())),
      backups_(origin.backups),
      settled_(std::move(settled)),
      last_(origin.last),
      backed_up_(origin.backed_up ? origin.last : kNever) {
  sqlite3_wal_hook(db_->handle(), CountLogPages, &log_pages_);
  thread_ = std::thread([this] { Run(); });
}

Writer::~Writer() { (void)Close(0); }

void Writer::Submit(Batch batch) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(batch));
  }
  wake_.notify_one();
}

void Writer::BackUp(BackupMaker::Done done) {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = [this, done = std::move(done)](Result<uint64_t> made) {
      if (made.ok()) backed_up_ = *made;
      done(std::move(made));
    };
  }
  wake_.notify_one();
}

void Writer::Run() {
  std::vector<Batch> batches;
  while (AwaitWork(batches)) {
    if (!batches.empty()) {
      Process(std::exchange(batches, {}));
      CheckpointWhenLong();
    }
    maker_->Step();
  }
}

/// False: closing, and nothing is left.
bool Writer::AwaitWork(std::vector<Batch>& batches) {
  std::unique_lock lock(mutex_);
  const auto woken = [this] { return closing_ || wanted_ || !queue_.empty() || maker_->copying(); };
  for (auto quiet = UntilHousework(); quiet && !wake_.wait_for(lock, *quiet, woken); quiet = UntilHousework()) {
    lock.unlock();
    Housework();
    lock.lock();
  }
  wake_.wait(lock, woken);
  batches = std::exchange(queue_, {});
  BackupMaker::Done wanted = std::exchange(wanted_, nullptr);
  if (batches.empty() && closing_) return false;
  lock.unlock();
  if (wanted) maker_->Begin(*db_, std::move(wanted));
  return true;
}

/// How long nothing must have come before what is left over is done; none: nothing is left over.
std::optional<std::chrono::milliseconds> Writer::UntilHousework() const {
  if (commits_since_sync_ > 0) return kQuiet;
  return shrinker_.due() ? std::optional(shrinker_.due_in()) : std::nullopt;
}

void Writer::Housework() {
  if (commits_since_sync_ > 0) return SyncMark();
  Tidy();
}

/// What is durable now is put where the loss of the log does not reach it, before anybody hears of it.
void Writer::ConfirmCommits() {
  const Status written = mark_.Write(last_);
  if (!written.ok() && !std::exchange(said_mark_, true)) {
    log::Warning("{}: a loss of the store's last changes would not be noticed", written.error().message);
  }
  if (!written.ok()) return;
  said_mark_ = false;
  if (++commits_since_sync_ >= kCommitsPerMarkSync) SyncMark();
}

void Writer::SyncMark() {
  commits_since_sync_ = 0;
  const Status synced = mark_.Sync();
  if (!synced.ok()) log::Warning("{}", synced.error().message);
}

void Writer::Tidy() {
  const auto done = shrinker_.Tidy();
  if (!done.ok()) log::Warning("store.db: space could not be given back: {}", done.error().message);
}

void Writer::Shrink(const std::vector<Batch>& batches) {
  size_t removed = 0;
  for (const Batch& batch : batches) {
    removed += std::count_if(batch.rows.begin(), batch.rows.end(), [](const Row& row) { return row.removed; });
  }
  const auto done = shrinker_.Committed(removed, log_pages_);
  if (!done.ok()) log::Warning("store.db: space could not be given back: {}", done.error().message);
}

void Writer::Process(std::vector<Batch> batches) {
  std::erase_if(batches, [this](const Batch& batch) { return failed_epoch_ && batch.epoch <= *failed_epoch_; });
  if (batches.empty()) return;
  size_t entries = 0;
  for (const Batch& batch : batches) entries += batch.entries;
  Status status = Commit(batches);
  const bool committed = status.ok();
  if (!committed) failed_epoch_ = batches.back().epoch;
  settled_(entries, std::move(status));
  if (committed) Shrink(batches);
}

/// A commit to a file that has no name any more is lost with this process, and one under somebody else's log at the
/// next start: neither is a commit.
Status Writer::CheckFiles() {
  const bool same = IdentityOf(files_.Main()) == main_ && (!log_ || IdentityOf(files_.Log()) == *log_);
  if (same) {
    replaced_ = false;
    return {};
  }
  if (!std::exchange(replaced_, true) && backed_up_ != last_ && !maker_->copying()) LastBackup();
  return ReplacedError(files_.Main());
}

Status Writer::Commit(const std::vector<Batch>& batches) {
  if (std::all_of(batches.begin(), batches.end(), [](const Batch& b) { return b.rows.empty() && b.reserved == 0; })) {
    return {};
  }
  TRYV(CheckFiles());
  if (!statements_) {
    TRY(statements_, Statements::Make(*db_));
  }
  TRYV(statements_->begin.Run());
  Status written = WriteRows(batches);
  if (written.ok()) written = statements_->commit.Run();
  // A commit that failed for want of space leaves the transaction open; others have rolled it back already.
  if (!written.ok() && db_->InTransaction()) (void)db_->Execute("ROLLBACK");
  if (!written.ok()) return written;
  for (const Batch& batch : batches) {
    if (!batch.rows.empty()) last_ = batch.rows.back().revision;
  }
  if (!log_) log_ = IdentityOf(files_.Log());
  ConfirmCommits();
  return {};
}

Status Writer::WriteRows(const std::vector<Batch>& batches) {
  uint64_t reserved = 0, last = last_;
  bool removed = false;
  for (const Batch& batch : batches) {
    if (!batch.rows.empty()) last = batch.rows.back().revision;  // they come in the order of their revisions
    reserved = std::max(reserved, batch.reserved);
    for (const Row& row : batch.rows) {
      removed = removed || row.removed;
      Statement& statement = row.removed ? statements_->remove : statements_->put;
      statement.Bind(1, row.key.kind).Bind(2, row.key.ns).Bind(3, row.key.name);
      if (!row.removed) statement.Bind(4, row.revision).Bind(5, *row.text);
      TRYV(statement.Run());
    }
  }
  if (reserved != 0) return statements_->reserve.Bind(1, last).Bind(2, reserved).Run();
  // Otherwise the object of the last row holds it (LastRevision in schema.h), and the counter's page is left alone.
  return removed ? statements_->count.Bind(1, last).Run() : Status();
}

void Writer::LastBackup() {
  const auto made = maker_->Make(*db_);
  if (!made.ok()) log::Warning("no last backup was made: {}", made.error().message);
}

void Writer::CheckpointWhenLong() {
  if (log_pages_ < kLongLog) return;
  if (log_pages_ < kTooLongLog) {
    const std::lock_guard lock(mutex_);
    if (!queue_.empty()) return;
  }
  const auto moved = db_->Checkpoint();
  if (!moved.ok()) log::Warning("store.db: the log could not be moved into the file: {}", moved.error().message);
  log_pages_ = 0;
}

Status Writer::Close(uint64_t reserved) {
  if (!thread_.joinable()) return {};
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  thread_.join();
  Status status;
  if (reserved != 0) {
    Batch last;
    last.reserved = reserved;
    status = Commit({last});
  }
  if (backups_ && backed_up_ != last_) LastBackup();
  if (commits_since_sync_ > 0) SyncMark();
  maker_.reset();
  statements_.reset();
  db_.reset();  // the last connection's close checkpoints and removes the log
  return status;
}

}  // namespace ordinal::store

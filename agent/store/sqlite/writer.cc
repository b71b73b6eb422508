#include "agent/store/sqlite/writer.h"

#include <sqlite3.h>

#include <algorithm>

#include "agent/base/log.h"

namespace ordinal::store {
namespace {

// Pages in the log from which it is moved into the file, once nobody waits (4 MiB of 8 KiB pages), and the length at
// which it is moved even if somebody does.
constexpr int kLongLog = 512;
constexpr int kTooLongLog = 4 * kLongLog;

int CountLogPages(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

}  // namespace

struct Writer::Statements {
  Statement begin, commit, put, remove, reserve;

  static Result<std::unique_ptr<Statements>> Make(Database& db) {
    TRY(Statement begin, db.Prepare("BEGIN IMMEDIATE"));
    TRY(Statement commit, db.Prepare("COMMIT"));
    TRY(Statement put, db.Prepare("INSERT INTO objects(kind, ns, name, revision, body) VALUES(?, ?, ?, ?, ?) "
                                  "ON CONFLICT(kind, ns, name) DO UPDATE SET revision = excluded.revision, "
                                  "body = excluded.body"));
    TRY(Statement remove, db.Prepare("DELETE FROM objects WHERE kind = ? AND ns = ? AND name = ?"));
    TRY(Statement reserve, db.Prepare("UPDATE counter SET reserved = ?"));
    return std::unique_ptr<Statements>(
        new Statements{std::move(begin), std::move(commit), std::move(put), std::move(remove), std::move(reserve)});
  }
};

Writer::Writer(Database db, std::optional<StoreFiles> backup, Settled settled)
    : db_(std::move(db)), backup_(std::move(backup)), settled_(std::move(settled)) {
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

void Writer::Run() {
  if (backup_) MakeBackup();
  while (true) {
    std::vector<Batch> batches;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
      batches = std::exchange(queue_, {});
    }
    if (batches.empty()) return;  // closing, and nothing left
    Process(std::move(batches));
    CheckpointWhenLong();
  }
}

void Writer::MakeBackup() {
  const auto made = backup_->MakeBackup(*db_);
  if (!made.ok()) log::Warning("{} could not be renewed: {}", backup_->Backup(), made.error().message);
}

void Writer::Process(std::vector<Batch> batches) {
  std::erase_if(batches, [this](const Batch& batch) { return failed_epoch_ && batch.epoch <= *failed_epoch_; });
  if (batches.empty()) return;
  size_t entries = 0;
  for (const Batch& batch : batches) entries += batch.entries;
  Status status = Commit(batches);
  if (!status.ok()) failed_epoch_ = batches.back().epoch;
  settled_(entries, std::move(status));
}

Status Writer::Commit(const std::vector<Batch>& batches) {
  if (std::all_of(batches.begin(), batches.end(), [](const Batch& b) { return b.rows.empty() && b.reserved == 0; })) {
    return {};
  }
  if (!statements_) {
    TRY(statements_, Statements::Make(*db_));
  }
  TRYV(statements_->begin.Run());
  Status written = WriteRows(batches);
  if (written.ok()) written = statements_->commit.Run();
  // A commit that failed for want of space leaves the transaction open; others have rolled it back already.
  if (!written.ok() && db_->InTransaction()) (void)db_->Execute("ROLLBACK");
  return written;
}

Status Writer::WriteRows(const std::vector<Batch>& batches) {
  uint64_t reserved = 0;
  for (const Batch& batch : batches) {
    reserved = std::max(reserved, batch.reserved);
    for (const Row& row : batch.rows) {
      Statement& statement = row.removed ? statements_->remove : statements_->put;
      statement.Bind(1, row.key.kind).Bind(2, row.key.ns).Bind(3, row.key.name);
      if (!row.removed) statement.Bind(4, row.revision).Bind(5, row.text);
      TRYV(statement.Run());
    }
  }
  return reserved == 0 ? Status() : WriteCounter(reserved);
}

Status Writer::WriteCounter(uint64_t reserved) { return statements_->reserve.Bind(1, reserved).Run(); }

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
  statements_.reset();
  db_.reset();  // the last connection's close checkpoints and removes the log
  return status;
}

}  // namespace ordinal::store

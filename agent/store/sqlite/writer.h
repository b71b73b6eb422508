// Writer: the one thread that writes store.db. Whatever is queued when it is free goes into one transaction: one
// fdatasync however many writes wait for it. Between transactions it copies a backup, when one was asked for. Idle, it
// tidies up what it left (shrink.h), then sleeps and touches nothing.
//
//   control thread   Submit ─────► queue ──┐                                 ┌──► settled(batches' entries, status)
//   writer thread                          └─ BEGIN … COMMIT (sync) ─ mark ──┘    posted to the control thread
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agent/store/core/change.h"
#include "agent/store/sqlite/backup_maker.h"
#include "agent/store/sqlite/disk_trouble.h"
#include "agent/store/sqlite/files.h"
#include "agent/store/sqlite/revision_mark.h"
#include "agent/store/sqlite/shrink.h"

namespace ordinal::store {

/// One row to write or remove.
struct Row {
  bool removed = false;
  ObjectKey key;
  uint64_t revision = 0;
  SharedText text;
};

struct Batch {
  std::vector<Row> rows;
  size_t entries = 0;     ///< how many of the submitter's entries this is; one may have no row
  uint64_t reserved = 0;  ///< the counter to write along; 0: leave it
  uint64_t epoch = 0;     ///< counts failures: what was built on a failed batch carries its epoch and is dropped
};

class Writer {
 public:
  /// Called on the writer thread after each transaction, in order. After a failure the entries of later batches of
  /// the same epoch are never reported.
  using Settled = std::function<void(size_t entries, Status status)>;

  struct Origin {
    StoreFiles files;
    uint64_t last = 0;      ///< the highest revision that was committed
    bool backed_up = true;  ///< the newest backup ends there too
    bool backups = true;    ///< make one at Close when there is something new
  };

  Writer(Database db, const Origin& origin, Settled settled);
  ~Writer();

  void Submit(Batch batch);

  /// Copies the store beside the transactions; what is under way already is not started again, and `done` is dropped
  /// then, or when the writer closes first. `done` is called on another thread than the caller's.
  void BackUp(BackupMaker::Done done);

  /// Writes what is queued, sets the counter to `reserved` unless it is 0, makes a last backup, moves the log
  /// into the file and closes it.
  Status Close(uint64_t reserved);

 private:
  struct Statements;
  void Run();
  bool AwaitWork(std::vector<Batch>& batches);
  void ConfirmCommits();
  void SyncMark();
  void LastBackup();
  void Process(std::vector<Batch> batches);
  Status Commit(const std::vector<Batch>& batches);
  Status CheckFiles();
  Status WriteRows(const std::vector<Batch>& batches);
  void CheckpointWhenLong();
  std::optional<std::chrono::milliseconds> UntilHousework() const;
  void Housework();
  void Shrink(const std::vector<Batch>& batches);
  void Tidy();

  std::optional<Database> db_;
  Shrinker shrinker_;
  std::unique_ptr<Statements> statements_;
  std::unique_ptr<BackupMaker> maker_;  // ends before db_
  RevisionMark mark_;
  const StoreFiles files_;
  const FileIdentity main_;          // as opened
  std::optional<FileIdentity> log_;  // as it was after the first commit
  bool replaced_ = false;            // said, and what was committed is in a backup
  const bool backups_;
  Settled settled_;
  uint64_t last_;                    // committed
  std::atomic<uint64_t> backed_up_;  // the revision of the newest backup; also set by the maker's thread
  int commits_since_sync_ = 0;       // of the mark
  bool said_mark_ = false;           // that it cannot be written
  int log_pages_ = 0;                // set by SQLite after each commit

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Batch> queue_;  // guarded by mutex_
  BackupMaker::Done wanted_;  // guarded by mutex_
  bool closing_ = false;      // guarded by mutex_
  std::optional<uint64_t> failed_epoch_;
  std::thread thread_;
};

}  // namespace ordinal::store

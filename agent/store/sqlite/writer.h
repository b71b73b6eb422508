// Writer: the one thread that writes store.db. Whatever is queued when it is free goes into one transaction: one
// fdatasync however many writes wait for it. Idle, it sleeps and touches nothing.
//
//   control thread   Submit ─────► queue ──┐                          ┌──► settled(batches' entries, status)
//   writer thread                          └─ BEGIN … COMMIT (sync) ──┘    posted to the control thread
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agent/store/object_store.h"
#include "agent/store/sqlite/files.h"

namespace ordinal::store {

/// One row to write or remove.
struct Row {
  bool removed = false;
  ObjectKey key;
  uint64_t revision = 0;
  std::string text;
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

  /// `backup`: where to copy the store before the first transaction, if anywhere.
  Writer(Database db, std::optional<StoreFiles> backup, Settled settled);
  ~Writer();

  void Submit(Batch batch);

  /// Writes what is queued, sets the counter to `reserved` unless it is 0, moves the log into the file and closes it.
  Status Close(uint64_t reserved);

 private:
  struct Statements;
  void Run();
  void MakeBackup();
  void Process(std::vector<Batch> batches);
  Status Commit(const std::vector<Batch>& batches);
  Status WriteRows(const std::vector<Batch>& batches);
  Status WriteCounter(uint64_t reserved);
  void CheckpointWhenLong();

  std::optional<Database> db_;
  std::unique_ptr<Statements> statements_;
  std::optional<StoreFiles> backup_;
  Settled settled_;
  int log_pages_ = 0;  // set by SQLite after each commit

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Batch> queue_;  // guarded by mutex_
  bool closing_ = false;      // guarded by mutex_
  std::optional<uint64_t> failed_epoch_;
  std::thread thread_;
};

}  // namespace ordinal::store

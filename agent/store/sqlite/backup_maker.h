// BackupMaker: one copy of the open store after another, made while it is written.
//
//   writer thread     Begin ─ Step ─ commits ─ Step ─ commits ─ Step: all is copied ──┐
//   its own thread                                     fsync, check, rename (files.h) └──► done(revision)
//
// SQLite's online backup copies pages in small portions; what is committed in between by the same connection goes into
// the copy too, so a copy that is complete is the store at one moment: its end. Between copies it writes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "agent/store/sqlite/files.h"

struct sqlite3_backup;

namespace ordinal::store {

class BackupMaker {
 public:
  /// The revision the backup holds. Called on the maker's own thread, or in Step when it fails there.
  using Done = std::function<void(Result<uint64_t>)>;

  explicit BackupMaker(StoreFiles files) : files_(std::move(files)) {}
  /// Gives an incomplete copy up; waits for the end of one that is being checked.
  ~BackupMaker();
  BackupMaker(const BackupMaker&) = delete;
  BackupMaker& operator=(const BackupMaker&) = delete;

  /// Starts a copy, unless one is under way: then that one's `done` is not replaced and this one is dropped.
  void Begin(Database& source, Done done);
  /// There is something to copy.
  bool copying() const { return copy_ != nullptr; }
  /// The next portion, a few milliseconds.
  void Step();

  /// The whole at once, on the calling thread.
  Result<uint64_t> Make(Database& source);

 private:
  Status Start(Database& source);
  Result<bool> Copy(int pages);
  void GiveUp();

  const StoreFiles files_;
  std::unique_ptr<Database> target_;
  sqlite3_backup* copy_ = nullptr;
  Done done_;
  std::thread finishing_;
};

}  // namespace ordinal::store

// The files of the store in the state directory, and what happens to them around an open:
//
//   store.db                    the store; 0600, it holds Secrets
//   store.db-wal                commits not yet moved into it
//   store.db.mark               the highest revision that was committed (revision_mark.h)
//   store.db.backup             a copy, made within a minute of a change (backup_maker.h); 0600
//   store.db.backup.1, .2       copies that are older by an hour or more, and by a day or more
//   store.db.damaged-<time>     a store that could not be read, set aside with its -wal and .mark
//
// A store never starts empty in silence: with store.db gone but a backup or a damaged file there, it refuses to start
// until a person chose (copy the backup, or move these files away). Nor does it start in silence with less than it was
// given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/layout.h"
#include "agent/store/sqlite/database.h"

namespace ordinal::store {

struct Backup {
  std::string path;
  uint64_t revision = 0;  ///< the highest that was committed when it was made
  WallTime made{};
};

class StoreFiles {
 public:
  explicit StoreFiles(std::string directory) : directory_(std::move(directory)) {}

  std::string Main() const { return Layout::StoreIn(directory_); }
  std::string Log() const { return Main() + "-wal"; }
  std::string Mark() const { return Main() + ".mark"; }
  std::string Backup() const { return Main() + ".backup"; }
  /// What becomes the newest backup when it is complete.
  std::string UnfinishedBackup() const { return Backup() + ".new"; }

  /// Makes the directory (0700) and the file (0600) where they are missing. kFailedPrecondition: a person must choose.
  Status Prepare(WallTime now) const;
  bool HasBackup() const;
  bool HasLog() const;
  /// The file has no content although there is a log: SQLite would remove the log.
  bool EmptiedUnderItsLog() const;
  /// There is a mark, whatever is in it, or a store that was set aside: both are made only beside one that was not
  /// empty.
  bool HadContent() const;

  /// The revision in the newest backup, of whatever version it is; absent when there is none that can be read.
  std::optional<uint64_t> BackedUp() const;
  /// The newest backup has this agent's version and ends at `last`.
  bool BackupIsCurrent(uint64_t last) const;
  /// Those that are whole, the newest first. Reads all of them.
  std::vector<store::Backup> GoodBackups() const;
  /// Makes the complete UnfinishedBackup() the newest one, once it is on the disk and was found whole, and keeps older
  /// ones by their age. Returns its revision.
  Result<uint64_t> FinishBackup() const;

  /// Renames a damaged store; logs it and returns the error that says what to do. `why` is what was wrong.
  Error SetAside(const Error& why, WallTime now) const;
  /// The error of a store that is whole and ends at `last`, although `marked` was committed once. Touches nothing.
  Error Incomplete(uint64_t last, uint64_t marked, WallTime now) const;

 private:
  std::string Cure(WallTime now) const;
  bool LeftBehind() const;
  Status KeepOlder() const;

  std::string directory_;
};

}  // namespace ordinal::store

// The files of the store in the state directory, and what happens to them around an open:
//
//   store.db                    the store; 0600, it holds Secrets
//   store.db-wal                commits not yet moved into it
//   store.db.backup             a copy from a start at which the store was whole; 0600
//   store.db.damaged-<time>     a store that could not be read, set aside with its -wal
//
// A store never starts empty in silence: with store.db gone but a backup or a damaged file there, it refuses to start
// until a person chose (copy the backup, or move these files away).
#pragma once

#include <string>

#include "agent/base/clock.h"
#include "agent/store/sqlite/database.h"

namespace ordinal::store {

class StoreFiles {
 public:
  explicit StoreFiles(std::string directory) : directory_(std::move(directory)) {}

  std::string Main() const { return directory_ + "/store.db"; }
  std::string Log() const { return Main() + "-wal"; }
  std::string Backup() const { return Main() + ".backup"; }

  /// Makes the directory (0700) and the file (0600) where they are missing. kFailedPrecondition: a person must choose.
  Status Prepare() const;
  /// Whether the store changed since the backup was made. Ask before opening the store.
  bool BackupIsOld() const;
  bool HasBackup() const;
  /// Copies the open store to Backup(), whole or not at all.
  Status MakeBackup(Database& db) const;
  /// Renames a damaged store; logs it and returns the error that says what to do. `why` is what was wrong.
  Error SetAside(const Error& why, WallTime now) const;

 private:
  std::string Cure() const;
  bool LeftBehind() const;

  std::string directory_;
};

}  // namespace ordinal::store

// SqliteStore: the durable ObjectStore, in store.db of the state directory (sqlite/files.h names every file).
//
// Documents live in memory (shared with caches); the file is read once, at Open. Several writes may be on their way
// to the disk at once, also to the same object: each is decided against the newest state on its way, becomes visible
// and is acknowledged after the commit that holds it. When a commit fails, it and everything decided on top of it
// fail with kUnavailable (disk full, I/O error) or kInternal, and memory is what the disk is.
//
// Revisions are never given out twice, not even those of deletions, volatile kinds or failed writes; after a crash
// the counter goes on at the next block of kRevisionBlock.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/store/core/history.h"
#include "agent/store/object_store.h"

namespace ordinal::store {

inline constexpr uint64_t kRevisionBlock = 10'000;

class Pipeline;

class SqliteStore final : public ObjectStore {
 public:
  struct Options {
    std::string directory;  ///< made when missing, mode 0700
    /// Kept in memory only and gone after a restart: kinds whose loss nobody notices, so that they cost no disk write.
    std::vector<std::string> volatile_kinds = {};
    HistoryLimits history = {};
    bool backup = true;  ///< renew store.db.backup after an open, on the writer thread, if the store changed since
    WallTime now = {};   ///< names a file that is set aside
  };

  /// Blocks; at start only. `executor` is the control thread's; the store is destroyed
  /// before its io_context. kFailedPrecondition: another process has the store, it
  /// is newer than this agent, or it is gone while a backup is there; kInternal: it was damaged and has been set
  /// aside. The message says what to do.
  static Result<std::unique_ptr<SqliteStore>> Open(const Options& options, Executor executor);
  /// Close(), for those who do not care how it went.
  ~SqliteStore() override;
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  /// Blocks until what was written is in the file. Watches end with kCancelled; later writes fail with kUnavailable.
  /// Coroutines that wait for a write are resumed by the executor if it still runs.
  Status Close();

  Task<Result<Object>> Create(Object object) override;
  Task<Result<Object>> Update(Object object) override;
  Task<Result<Object>> Delete(ObjectKey key, Preconditions preconditions) override;
  Task<Result<Object>> Get(ObjectKey key) override;
  Task<Result<ListResult>> List(std::string kind, ListOptions options) override;
  Task<Result<std::unique_ptr<Watch>>> StartWatch(std::string kind, ListOptions options, uint64_t revision) override;

 private:
  explicit SqliteStore(std::shared_ptr<Pipeline> pipeline);

  std::shared_ptr<Pipeline> pipeline_;
};

}  // namespace ordinal::store

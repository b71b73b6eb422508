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

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/store/core/history.h"
#include "agent/store/object_store.h"

namespace ordinal::store {

inline constexpr uint64_t kRevisionBlock = 10'000;

/// Whether `now` differs from `before`, the same object, only in what nobody misses after a restart.
using VolatileChange = std::function<bool(const Object& before, const Object& now)>;

class Pipeline;

class SqliteStore final : public ObjectStore {
 public:
  struct Options {
    std::string directory;  ///< made when missing, mode 0700
    /// Kept in memory only and gone after a restart: kinds whose loss nobody notices, so that they cost no disk write.
    std::vector<std::string> volatile_kinds = {};
    /// Changes of other kinds that are kept in memory only as well: the file goes on holding the object as it was
    /// before.
    VolatileChange volatile_change = nullptr;
    /// What a document of the file is in memory: completed for this agent (api/stored.h). The file keeps what it has
    /// until the object is written again. Null: as it was written.
    std::function<Json(Json)> complete = nullptr;
    HistoryLimits history = {};
    /// Kept in memory only while the disk takes no writes: kinds that are made again whenever the agent starts, and
    /// that tell people why nothing else can be written.
    std::vector<std::string> memory_while_failing = {};
    bool backup = true;  ///< renew store.db.backup at Close if the store changed since
    WallTime now = {};   ///< names a file that is set aside, and tells the age of backups
  };

  /// Blocks; at start only. `executor` is the control thread's; the store is destroyed
  /// before its io_context. kFailedPrecondition: another process has the store, it
  /// is newer than this agent, it is gone while a backup is there, or it ends before what was acknowledged (then
  /// nothing was touched); kInternal: it was damaged and has been set aside. The message says what to do.
  static Result<std::unique_ptr<SqliteStore>> Open(const Options& options, Executor executor);
  /// Close(), for those who do not care how it went.
  ~SqliteStore() override;
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  /// Blocks until what was written is in the file. Watches end with kCancelled; later writes fail with kUnavailable.
  /// Coroutines that wait for a write are resumed by the executor if it still runs.
  Status Close();

  /// Brings past changes into their smallest form. Takes some ten milliseconds after a burst: for a quiet moment.
  void PackHistory();

  /// Renews store.db.backup half a minute after a change, for ever; of a store of more than 15 MB less often. Nothing
  /// is written while nothing changes. The copying is done beside the writes, on other threads.
  Task<void> KeepBackups(Clock& clock);
  /// Why the last commit failed: since then nothing can be written; absent when it did not.
  std::optional<Error> Failure() const;
  /// Whether a write would succeed now: tries one that changes nothing.
  Task<Status> Probe();

  /// What there is of a kind, at once. Control thread, or before it has begun.
  ListResult ListNow(const std::string& kind) const;

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

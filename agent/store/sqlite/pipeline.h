// Pipeline: the writes between their decision and their commit. Used on the control thread; it owns the Writer.
//
//   Write ─ plan against the newest state ─► in flight ─ Flush ─► Writer ─ Settle ─► feed (visible) ─► acknowledged
//            (in flight, else visible)                                     └ failed ─► all in flight fail
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/signal.h"
#include "agent/store/core/feed.h"
#include "agent/store/sqlite/load.h"
#include "agent/store/sqlite/writer.h"

namespace ordinal::store {

class Pipeline : public std::enable_shared_from_this<Pipeline> {
 public:
  /// Decides a write: the newest state of the object (empty when absent) and the revision it would take.
  using Plan = std::function<Result<Change>(const Object& current, uint64_t revision)>;

  struct Kinds {
    std::set<std::string> in_memory;      ///< never written
    std::set<std::string> while_failing;  ///< not written while the disk takes nothing
    /// Changes of other kinds that are not written either (SqliteStore::Options); may be null.
    std::function<bool(const Object& before, const Object& now)> volatile_change;
  };

  Pipeline(Executor executor, Kinds kinds);
  /// Takes over what was loaded. Call once, before anything else.
  void Start(Loaded loaded, HistoryLimits history, StoreFiles files, bool backups);

  /// Returns once the write, and whatever its outcome was decided on, is durable.
  Task<Result<Object>> Write(ObjectKey key, Plan plan);
  Feed& feed() { return *feed_; }
  /// Why the last commit failed; empty when it did not.
  const std::optional<Error>& failure() const { return failure_; }
  /// Commits something of no meaning.
  Task<Status> Probe();
  Task<void> KeepBackups(Clock& clock);
  Status Close();

 private:
  struct Entry {
    Change change;          ///< revision 0: nothing is changed
    uint64_t reserves = 0;  ///< the counter that goes to the disk with it; 0: none
    std::optional<Status> outcome;
    std::vector<std::shared_ptr<Signal>> waiting;
  };
  using EntryPtr = std::shared_ptr<Entry>;

  Object Newest(const ObjectKey& key, const EntryPtr& in_flight) const;
  bool IsVolatile(const Change& change) const;
  bool NeedsNoDisk(const Change& change) const;
  EntryPtr Enqueue(Change change);
  void Send(const EntryPtr& entry);
  void Reserve(Entry& entry);
  Duration UntilBackup() const;
  Task<Result<uint64_t>> BackUp();
  void ScheduleFlush();
  void Flush();
  void Settle(size_t entries, const Status& status);
  void Publish(const EntryPtr& entry);
  void FailAll(const Status& status);
  static void End(Entry& entry, const Status& status);
  static Task<Status> Wait(EntryPtr entry);

  Executor executor_;
  Kinds kinds_;
  std::shared_ptr<Feed> feed_;
  std::unique_ptr<Writer> writer_;

  std::deque<EntryPtr> in_flight_;        // in revision order, sent or not
  std::map<ObjectKey, EntryPtr> newest_;  // the last of in_flight_ for each object
  Batch unsent_;                          // what the next flush sends
  bool flush_scheduled_ = false;
  uint64_t last_revision_ = 0;  // given out
  uint64_t reserved_ = 0;       // the counter on disk, once what is in flight has settled
  uint64_t kept_reserved_ = 0;  // the counter on disk, whatever comes of what is in flight
  uint64_t epoch_ = 1;          // counts failures (writer.h)
  std::optional<Error> failure_;
  std::optional<StoreFiles> files_;
  bool wants_backup_ = false;  // changed since the last one
  std::shared_ptr<Signal> changed_;
  bool closed_ = false;
};

}  // namespace ordinal::store

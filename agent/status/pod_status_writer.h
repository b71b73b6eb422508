// The only writer of pod status for the node, and the one that deletes the object of a pod that is over. Takes what
// podsync reports, writes the newest of each pod, skips what is stored already, and tries again while the store is
// away.
//
//   Set ──> document ──> merged into what is stored ──> Objects    what others own there stays (api/status_merge.h)
//   Follow ──> somebody wrote over it? ──> once more              at once; against one who insists now and then
//
//   End ──> the last status is stored ──> the object goes
//
// What the store refuses for good (kInvalid: the same write would fail again) is logged once and let go: it holds up
// no deletion. The next status is tried again.
#pragma once

#include <map>
#include <string>

#include "agent/base/signal.h"
#include "agent/objects/cache.h"
#include "agent/objects/objects.h"
#include "agent/status/pod_reports.h"

namespace ordinal::status {

class PodStatusWriter final : public PodReports {
 public:
  /// So many repairs of one pod's status are made at once; then one in this time.
  static constexpr double kRepairBurst = 20;
  static constexpr Duration kRepairEvery = std::chrono::seconds(5);

  PodStatusWriter(Executor executor, Clock& clock, objects::Objects& client);

  void Set(const store::ObjectKey& key, const std::string& uid, const api::PodStatus& status) override;
  Task<void> End(store::ObjectKey key, std::string uid) override;

  /// What the store holds now, as the cache of pods tells it. A status that is not the one that was set last is written
  /// again; what is gone is forgotten.
  void Follow(const objects::Change<api::Pod>& change);

  size_t size() const { return entries_.size(); }  ///< Pods it remembers.

 private:
  struct Repairs {
    double left = kRepairBurst;
    SteadyTime last{};
    TimerHandle timer;
    bool waits = false;  ///< one is due when the timer says so
  };
  /// As text, which takes an eighth of the memory.
  using Document = store::Object::Text;
  struct Entry {
    std::string uid;
    Document wanted, written;  ///< often the same; written null: not known
    store::Json fresh;         ///< `wanted` as it was made, until it is written; null then
    uint64_t revision = 0;     ///< the store's when it was written: older news are none
    store::Object seen;        ///< news that came while it was being written
    std::string refused;       ///< why it was refused last
    Repairs repairs;
    bool writing = false, forgotten = false;
    std::vector<std::shared_ptr<Signal>> waiters;
  };

  void Begin(const store::ObjectKey& key, Entry& entry);
  /// Resumes when what was set last for `key` is stored or refused for good, or its object is gone.
  Task<void> Stored(store::ObjectKey key);
  /// True when the object is gone, or another one by now.
  Task<Result<bool>> Delete(store::ObjectKey key, std::string uid);
  /// The object with this uid is gone: forgets what was written of it. A newer pod of that name is left alone.
  void Forget(const store::ObjectKey& key, const std::string& uid);
  Task<void> Write(store::ObjectKey key);
  Task<Result<store::Object>> Store(store::ObjectKey key, std::string uid, store::Json status);
  void Refused(const store::ObjectKey& key, Entry& entry, const std::string& status, const Error& error);
  void Look(const store::ObjectKey& key, Entry& entry, const store::Object& stored);
  void Repair(const store::ObjectKey& key, Entry& entry);

  Executor executor_;
  Clock& clock_;
  objects::Objects& client_;
  std::map<store::ObjectKey, Entry> entries_;
};

}  // namespace ordinal::status

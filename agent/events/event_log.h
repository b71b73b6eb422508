// EventLog: keeps what is said as core/v1 Event objects, for `kubectl describe` and `kubectl get events`.
//
//   Record ──> correlate ──> waiting ──> Run(): store      nobody waits for it; a full line drops its oldest
//                                 └────> every minute: what nobody repeated for an hour goes, and the oldest
//                                        beyond kMaxKept
//
// Not thread-safe: everybody uses it on the control thread.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/signal.h"
#include "agent/events/correlate.h"
#include "agent/objects/objects.h"

namespace ordinal::events {

class EventLog {
 public:
  static constexpr Duration kKeptFor = std::chrono::hours(1);  ///< kube-apiserver --event-ttl
  static constexpr Duration kSweepEvery = std::chrono::minutes(1);
  static constexpr size_t kMaxKept = 4000;
  static constexpr size_t kMaxWaiting = 1000;

  EventLog(Executor executor, Clock& clock, objects::Objects& client);
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  /// Takes note; never blocks and never fails. It is written when Run() gets to it.
  void Record(Occurrence said);

  /// Writes and expires for ever. Called once.
  Task<void> Run();

  /// Everything that was recorded is written.
  bool Idle() const { return waiting_.empty() && !writing_; }

 private:
  Task<Status> Write(Entry entry);
  Task<Status> Sweep();
  std::vector<std::pair<WallTime, api::Object>> Dated(std::vector<api::Object> listed);
  Task<Status> Remove(api::Object event);
  void SweepLater();

  Clock& clock_;
  objects::Objects& client_;
  Signal changed_;
  Correlator correlator_;
  std::deque<Entry> waiting_;
  bool writing_ = false;
  std::map<uint64_t, WallTime> said_;  // when the events of the last sweep were said last, by revision
  bool sweep_due_ = true;              // what an earlier run left behind goes first
  bool sweep_timed_ = false;
  TimerHandle sweep_timer_;
};

}  // namespace ordinal::events

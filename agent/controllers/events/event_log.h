// EventLog: keeps what is said as core/v1 Event objects, for `kubectl describe` and `kubectl get events`.
//
//   Record ──> correlate ──> waiting ──> Run(): store      nobody waits for it; a full line drops its oldest
//                                 └────> every minute: what nobody repeated for an hour goes, and the oldest
//                                        beyond kMaxKept
//
// Not thread-safe: everybody uses it on the control thread.
#pragma once

#include <deque>
#include <string>

#include "agent/base/signal.h"
#include "agent/controllers/events/correlate.h"
#include "agent/objects/objects.h"

namespace ordinal::controllers::events {

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
  Task<Status> Remove(api::Object event);
  void SweepLater();

  Clock& clock_;
  objects::Objects& client_;
  Signal changed_;
  Correlator correlator_;
  std::deque<Entry> waiting_;
  bool writing_ = false;
  bool sweep_due_ = true;  // what an earlier run left behind goes first
  bool sweep_timed_ = false;
  TimerHandle sweep_timer_;
};

/// What one component says, kept in the log and written as a log line.
class StoreRecorder final : public Recorder {
 public:
  /// `log` and `lines` outlive the recorder.
  StoreRecorder(EventLog& log, Recorder& lines, Source source);

  void Event(const api::Object& about, Severity severity, std::string_view reason, std::string_view message) override;
  /// The same about one container of a pod; `container` empty: about the pod.
  void ContainerEvent(const api::Object& pod, std::string_view container, Severity severity, std::string_view reason,
                      std::string_view message);

 private:
  EventLog& log_;
  Recorder& lines_;
  Source source_;
};

}  // namespace ordinal::controllers::events

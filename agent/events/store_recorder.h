// StoreRecorder: what one component says, kept in the log of events and written as a log line.
#pragma once

#include "agent/events/event_log.h"
#include "agent/events/recorder.h"

namespace ordinal::events {

class StoreRecorder final : public Recorder {
 public:
  /// `log` and `lines` outlive the recorder.
  StoreRecorder(EventLog& log, Recorder& lines, Source source);

  void Record(const Event& event) override;

 private:
  EventLog& log_;
  Recorder& lines_;
  Source source_;
};

}  // namespace ordinal::events

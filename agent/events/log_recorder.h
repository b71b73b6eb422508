// LogRecorder: events as lines of the agent's log.
#pragma once

#include <string>

#include "agent/events/recorder.h"

namespace ordinal::events {

/// Writes one log line an event. The same event said twice in a row about one object is written once.
class LogRecorder final : public Recorder {
 public:
  void Record(const Event& event) override;

 private:
  std::string last_;
};

}  // namespace ordinal::events

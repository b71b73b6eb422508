// Recorder: where every part says what it did to an object and why something cannot be done.
#pragma once

#include "agent/events/event.h"

namespace ordinal::events {

class Recorder {
 public:
  virtual ~Recorder() = default;
  /// Never fails and never blocks: an event is a courtesy, no work depends on it.
  virtual void Record(const Event& event) = 0;
};

}  // namespace ordinal::events

// Recorder: where controllers say what they did to an object and why something cannot be done. Reasons are the
// words Kubernetes uses ("SuccessfulCreate", "FailedScheduling"), so that people find them again.
#pragma once

#include <string>
#include <string_view>

#include "agent/api/object.h"

namespace ordinal::controllers {

enum class Severity { kNormal, kWarning };

/// "Normal" or "Warning", the type of a core/v1 Event.
std::string_view ToString(Severity severity);

class Recorder {
 public:
  virtual ~Recorder() = default;
  /// Never fails and never blocks: an event is a courtesy, no work depends on it.
  virtual void Event(const api::Object& about, Severity severity, std::string_view reason,
                     std::string_view message) = 0;
};

/// Writes one log line an event. The same event said twice in a row about one object is written once.
class LogRecorder final : public Recorder {
 public:
  void Event(const api::Object& about, Severity severity, std::string_view reason, std::string_view message) override;

 private:
  std::string last_;
};

}  // namespace ordinal::controllers

// Event: something that happened to an object, as people are told of it. Reasons are the words Kubernetes uses
// ("SuccessfulCreate", "FailedScheduling"), so that people find them again.
#pragma once

#include <string>
#include <string_view>

#include "agent/api/object.h"

namespace ordinal::events {

enum class Severity { kNormal, kWarning };

/// "Normal" or "Warning", the type of a core/v1 Event.
std::string_view ToString(Severity severity);

struct Event {
  api::Object about;
  Severity severity = Severity::kNormal;
  std::string reason, message;
  std::string container = {};  ///< of the pod that it is about; empty: all of the object
};

}  // namespace ordinal::events

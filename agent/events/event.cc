#include "agent/events/event.h"

namespace ordinal::events {

std::string_view ToString(Severity severity) { return severity == Severity::kNormal ? "Normal" : "Warning"; }

}  // namespace ordinal::events

#include "agent/events/log_recorder.h"

#include <utility>

#include "agent/base/log.h"

namespace ordinal::events {

void LogRecorder::Record(const Event& event) {
  const api::Object& about = event.about;
  std::string line =
      fmt::format("{}: {}: {} uid={}", api::ToString(about.key()), event.reason, event.message, about.uid());
  if (line == last_) return;
  last_ = std::move(line);
  log::Write(event.severity == Severity::kNormal ? log::Level::kInfo : log::Level::kWarning, last_);
}

}  // namespace ordinal::events

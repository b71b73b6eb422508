#include "agent/controllers/recorder.h"

#include "agent/base/log.h"

namespace ordinal::controllers {

std::string_view ToString(Severity severity) { return severity == Severity::kNormal ? "Normal" : "Warning"; }

void LogRecorder::Event(const api::Object& about, Severity severity, std::string_view reason,
                        std::string_view message) {
  std::string line = fmt::format("{}: {}: {} uid={}", api::ToString(about.key()), reason, message, about.uid());
  if (line == last_) return;
  last_ = std::move(line);
  log::Write(severity == Severity::kNormal ? log::Level::kInfo : log::Level::kWarning, last_);
}

}  // namespace ordinal::controllers

#include "agent/events/store_recorder.h"

#include <fmt/format.h>

#include <utility>

#include "agent/base/utf8.h"

namespace ordinal::events {
namespace {

using api::Json;

/// The container's field in a pod, as fieldPath names it.
std::string FieldPath(const Json& pod, std::string_view container) {
  if (container.empty()) return {};
  for (const char* list : {"initContainers", "ephemeralContainers"}) {
    const Json& containers = api::Member(api::Member(pod, "spec"), list);
    if (!containers.is_array()) continue;
    for (const Json& each : containers) {
      if (api::ReadString(each, "name") == container) return fmt::format("spec.{}{{{}}}", list, container);
    }
  }
  return fmt::format("spec.containers{{{}}}", container);
}

/// What a scheduler was doing when it said so (pkg/scheduler).
std::string_view ActionOf(std::string_view reason) { return reason == "Scheduled" ? "Binding" : "Scheduling"; }

}  // namespace

StoreRecorder::StoreRecorder(EventLog& log, Recorder& lines, Source source)
    : log_(log), lines_(lines), source_(std::move(source)) {}

void StoreRecorder::Record(const Event& event) {
  Event valid = event;
  valid.message = ValidText(event.message);  // it may quote what a container, a file or the runtime said
  lines_.Record(valid);
  Occurrence said;
  said.about = ReferenceTo(valid.about, FieldPath(valid.about.body(), valid.container));
  said.source = source_;
  said.severity = valid.severity;
  said.reason = std::move(valid.reason);
  said.message = std::move(valid.message);
  if (source_.timed_series) said.action = ActionOf(said.reason);
  log_.Record(std::move(said));
}

}  // namespace ordinal::events

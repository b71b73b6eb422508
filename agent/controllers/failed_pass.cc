#include "agent/controllers/failed_pass.h"

#include <fmt/format.h>

#include "agent/controllers/key.h"
#include "agent/objects/ending_namespace.h"

namespace ordinal::controllers {

void SayFailedPass(events::Recorder& recorder, const api::Object& about, const Error& error) {
  recorder.Record({about, events::Severity::kWarning, error.reason,
                   fmt::format("the agent's work on this object {}; it is tried again", error.message)});
}

void SayFailedCreate(events::Recorder& recorder, const api::Object& about, std::string message, const Error& error) {
  if (objects::InEndingNamespace(error)) return;
  recorder.Record({about, events::Severity::kWarning, "FailedCreate", message + error.message});
}

WorkQueue::ExceptionHandler SayFailedPass(events::Recorder& recorder, const objects::AnyCache& cache) {
  return [&recorder, &cache](const std::string& key, const Error& error) {
    const bool bare = key.find('/') == std::string::npos;
    const auto [ns, name] = bare ? std::pair(std::string(), key) : SplitQueueKey(key);
    if (const api::Object* found = cache.FindObject(ns, name)) SayFailedPass(recorder, *found, error);
  };
}

}  // namespace ordinal::controllers

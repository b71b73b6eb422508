#include "agent/controllers/job/pods.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>

#include "agent/api/kinds/job/labels.h"
#include "agent/api/read.h"
#include "agent/base/bounded_time.h"

namespace ordinal::controllers::job {
namespace {

std::optional<int64_t> ReadCount(const api::StringMap& annotations, const char* name) {
  const auto found = annotations.find(name);
  if (found == annotations.end()) return std::nullopt;
  const std::string& text = found->second;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && value >= 0;
  return whole ? std::optional(value) : std::nullopt;
}

/// The last end of a container; nothing unless all have ended and say when.
std::optional<WallTime> EndOfContainers(const api::Pod& pod) {
  std::optional<WallTime> last;
  for (const api::ContainerStatus& status : pod.status.container_statuses) {
    const auto* ended = std::get_if<api::TerminatedState>(&status.state);
    if (ended == nullptr || !ended->finished_at) return std::nullopt;
    last = std::max(last.value_or(*ended->finished_at), *ended->finished_at);
  }
  return last;
}

}  // namespace

bool Tracked(const api::Pod& pod) {
  const auto& finalizers = pod.meta.finalizers;
  return std::find(finalizers.begin(), finalizers.end(), api::kJobTracking) != finalizers.end();
}

bool Active(const api::Pod& pod) { return !pod.Terminal() && !pod.deleting(); }

bool Terminating(const api::Pod& pod) { return !pod.Terminal() && pod.deleting(); }

bool Failed(const api::Job& job, const api::Pod& pod) {
  if (pod.status.phase == "Failed") return true;
  if (!Terminating(pod)) return false;
  return !job.replaces_failed_only || pod.spec.node_name.empty();
}

WallTime FinishedAt(const api::Pod& pod) {
  if (const auto ended = EndOfContainers(pod)) return *ended;
  const api::Condition* ready = pod.FindCondition("Ready");
  if (ready != nullptr && ready->status == "False" && ready->last_transition) return *ready->last_transition;
  if (pod.meta.deleted) return *pod.meta.deleted - BoundedDuration(pod.meta.deletion_grace_seconds.value_or(0));
  return pod.meta.created.value_or(WallTime());
}

std::vector<const api::Pod*> SurplusOver(const api::Refs<api::Pod>& pods, size_t most) {
  std::vector<const api::Pod*> over;
  for (const api::Pod& pod : pods) {
    if (pod.Terminal() && !pod.deleting() && !Tracked(pod)) over.push_back(&pod);
  }
  if (over.size() <= kKeptOver) return {};
  std::sort(over.begin(), over.end(), [](const api::Pod* a, const api::Pod* b) {
    return std::pair(FinishedAt(*a), a->meta.name) < std::pair(FinishedAt(*b), b->meta.name);
  });
  over.resize(std::min(over.size() - kKeptOver, most));
  return over;
}

bool ReleaseUnlessOver(api::Json& pod) {
  const std::string phase = api::ReadString(api::Member(pod, "status"), "phase");
  if (phase == "Succeeded" || phase == "Failed") return false;
  api::Json kept = api::Json::array();
  for (const api::Json& each : api::Items(pod["metadata"], "finalizers")) {
    if (each != api::kJobTracking) kept.push_back(each);
  }
  pod["metadata"].erase("finalizers");
  if (!kept.empty()) pod["metadata"]["finalizers"] = std::move(kept);
  return true;
}

std::optional<int64_t> IndexOf(const api::Job& job, const api::Pod& pod) {
  const auto index = ReadCount(pod.meta.annotations, api::kCompletionIndex);
  return index && *index < job.completions.value_or(0) ? index : std::nullopt;
}

int64_t CountIn(const api::Pod& pod, const char* annotation) {
  return ReadCount(pod.meta.annotations, annotation).value_or(0);
}

}  // namespace ordinal::controllers::job

#include "agent/controllers/statefulset/rollout.h"

#include <algorithm>
#include <charconv>

#include "agent/controllers/statefulset/identity.h"

namespace ordinal::controllers::statefulset {
namespace {

using api::Pod;
using api::StatefulSet;

bool Rolling(const StatefulSet& set) { return set.update_strategy == "RollingUpdate"; }

bool InService(const StatefulSet& set, const Pod& pod, WallTime now, const ReadySince& since) {
  return !pod.deleting() && Available(pod, set.min_ready_seconds, now, since);
}

}  // namespace

Origin OriginOf(const StatefulSet& set, const Revisions& revisions, int64_t ordinal) {
  if (!Rolling(set) || BeyondPartition(set, ordinal)) return {revisions.update, revisions.update_template};
  return {revisions.current, revisions.current_template};
}

bool Outdated(const StatefulSet& set, const Revisions& revisions, int64_t ordinal, const Pod& pod) {
  return Rolling(set) && !pod.deleting() && !pod.Terminal() &&
         RevisionOf(pod) != OriginOf(set, revisions, ordinal).revision;
}

int64_t MaxUnavailable(const StatefulSet& set) {
  if (!set.max_unavailable) return 1;
  const std::string& text = *set.max_unavailable;
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.ends_with('%')) value = set.replicas * std::min<int64_t>(value, 100) / 100;
  return std::max<int64_t>(value, 1);
}

std::vector<const Pod*> DueForUpdate(const StatefulSet& set, const Revisions& revisions,
                                     const std::map<int64_t, const Pod*>& replicas,
                                     const std::map<std::string, Duration>& unsettled, WallTime now,
                                     const ReadySince& since) {
  int64_t in_service = 0;
  for (const auto& [ordinal, pod] : replicas) {
    in_service += InService(set, *pod, now, since) && !unsettled.contains(pod->meta.uid);
  }
  int64_t may_go = MaxUnavailable(set) - (set.replicas - in_service);
  std::vector<const Pod*> due;
  for (auto at = replicas.rbegin(); at != replicas.rend() && may_go > 0; ++at) {
    const auto& [ordinal, pod] = *at;
    // Below the partition a healthy pod stays what it is, even one that was updated when the partition was lower.
    if (!BeyondPartition(set, ordinal)) break;
    if (!Outdated(set, revisions, ordinal, *pod) || !InService(set, *pod, now, since)) continue;
    due.push_back(pod);
    --may_go;
  }
  return due;
}

}  // namespace ordinal::controllers::statefulset

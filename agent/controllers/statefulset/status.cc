#include "agent/controllers/statefulset/status.h"

#include "agent/controllers/pod_readiness.h"
#include "agent/controllers/statefulset/identity.h"

namespace ordinal::controllers::statefulset {
namespace {

struct Counts {
  int64_t replicas = 0, ready = 0, available = 0, current = 0, updated = 0;
};

Counts Count(const Observed& seen, const std::string& current_revision, const std::string& update_revision) {
  Counts counts;
  for (const api::Pod& pod : seen.pods) {
    ++counts.replicas;
    counts.ready += RunningAndReady(pod);
    counts.available += Available(pod, seen.set.min_ready_seconds, seen.now, seen.ready_since);
    if (pod.deleting()) continue;
    counts.current += RevisionOf(pod) == current_revision;
    counts.updated += RevisionOf(pod) == update_revision;
  }
  return counts;
}

}  // namespace

api::Json CountStatus(const Observed& seen, const std::string& current_revision, const std::string& update_revision) {
  Counts counts = Count(seen, current_revision, update_revision);
  std::string current = current_revision;
  const int64_t wanted = seen.set.replicas;
  if (seen.set.update_strategy == "RollingUpdate" && counts.updated == wanted && counts.ready == wanted &&
      counts.replicas == wanted) {
    current = update_revision;
    counts.current = counts.updated;
  }
  api::Json status{{"observedGeneration", seen.set.meta.generation},
                   {"replicas", counts.replicas},
                   {"availableReplicas", counts.available},
                   {"currentRevision", current},
                   {"updateRevision", update_revision},
                   {"collisionCount", seen.set.collision_count}};
  // Kubernetes leaves these out when they are zero, and kubectl's tables are made for that.
  if (counts.ready > 0) status["readyReplicas"] = counts.ready;
  if (counts.current > 0) status["currentReplicas"] = counts.current;
  if (counts.updated > 0) status["updatedReplicas"] = counts.updated;
  return status;
}

}  // namespace ordinal::controllers::statefulset

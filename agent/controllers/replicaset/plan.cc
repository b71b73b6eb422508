#include "agent/controllers/replicaset/plan.h"

#include <algorithm>

#include "agent/controllers/conditions.h"
#include "agent/controllers/pod_readiness.h"
#include "agent/controllers/replicaset/failures.h"
#include "agent/controllers/replicaset/rank.h"

namespace ordinal::controllers::replicaset {
namespace {

using api::Json;

bool FullyLabeled(const api::Pod& pod, const api::StringMap& labels) {
  return std::all_of(labels.begin(), labels.end(), [&](const auto& label) {
    const auto found = pod.meta.labels.find(label.first);
    return found != pod.meta.labels.end() && found->second == label.second;
  });
}

/// Pods to create, were there room; negative when there are too many.
int64_t Missing(const Observed& seen) {
  return std::max<int64_t>(seen.set.replicas, 0) - static_cast<int64_t>(seen.pods.size());
}

int64_t HeldBack(const Observed& seen) {
  return seen.set.meta.deleting() ? 0 : Missing(seen) - PodRoom(seen.pods, seen.pod_capacity);
}

}  // namespace

bool Active(const api::Pod& pod) { return !pod.Terminal() && !pod.deleting(); }

Plan MakePlan(const Observed& seen) {
  Plan plan;
  for (const api::Pod& pod : seen.pods) {
    const auto in = AvailableIn(pod, seen.set.min_ready_seconds, seen.now, seen.ready_since);
    if (in && *in > Duration::zero()) plan.look_again = std::min(plan.look_again.value_or(*in), *in);
  }
  // What is left of a set on its way out is its status; its pods go with it.
  if (seen.set.meta.deleting()) return plan;
  plan.remove = SurplusFailed(seen.failed);
  const int64_t missing = Missing(seen);
  plan.create = std::clamp<int64_t>(std::min(missing, PodRoom(seen.pods, seen.pod_capacity)), 0, kBurst);
  const Duration wait = StillToWait(seen.row, seen.row.failures, seen.now);
  if (plan.create > 0 && wait > Duration::zero()) {
    plan.create = 0;
    plan.backing_off = true;
    plan.look_again = std::min(plan.look_again.value_or(wait), wait);
  }
  if (missing >= 0) return plan;
  std::vector<const api::Pod*> order = DeletionOrder(seen.pods, seen.now);
  order.resize(std::min<size_t>(-missing, kBurst));
  for (const api::Pod* pod : order) plan.remove.push_back({pod->meta.name, pod->meta.uid});
  return plan;
}

std::vector<int64_t> Batches(int64_t count) {
  std::vector<int64_t> sizes;
  for (int64_t size = 1; count > 0; size *= 2) {
    sizes.push_back(std::min(size, count));
    count -= sizes.back();
  }
  return sizes;
}

Json CountStatus(const Observed& seen, const std::optional<std::string>& failure) {
  const api::StringMap labels = api::ReadStringMap(api::Member(seen.set.pod_template(), "metadata"), "labels");
  int64_t labeled = 0, ready = 0, available = 0;
  for (const api::Pod& pod : seen.pods) {
    labeled += FullyLabeled(pod, labels);
    ready += pod.Ready();
    available += Available(pod, seen.set.min_ready_seconds, seen.now, seen.ready_since);
  }
  const auto replicas = static_cast<int64_t>(seen.pods.size());
  Json status{{"replicas", replicas}, {"observedGeneration", seen.set.meta.generation}};
  // Kubernetes leaves these out when they are zero.
  if (labeled > 0) status["fullyLabeledReplicas"] = labeled;
  if (ready > 0) status["readyReplicas"] = ready;
  if (available > 0) status["availableReplicas"] = available;
  // A ReplicationController has no place for it.
  const bool tells = seen.set.object.kind() == api::ReplicaSet::kKind;
  if (tells && seen.terminating > 0) status["terminatingReplicas"] = seen.terminating;
  Json conditions = api::Member(api::Member(seen.set.object.body(), "status"), "conditions");
  if (failure) {
    const char* reason = replicas < seen.set.replicas ? "FailedCreate" : "FailedDelete";
    // One that is there says what went wrong first.
    if (FindCondition(conditions, "ReplicaFailure") == nullptr) {
      SetCondition({"ReplicaFailure", "True", reason, *failure}, seen.now, conditions);
    }
  } else {
    RemoveCondition("ReplicaFailure", conditions);
  }
  SayHeldBack(HeldBack(seen), seen.set.replicas, seen.pod_capacity, seen.now, conditions);
  if (!conditions.empty()) status["conditions"] = std::move(conditions);
  return status;
}

}  // namespace ordinal::controllers::replicaset

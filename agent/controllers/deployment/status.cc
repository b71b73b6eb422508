#include "agent/controllers/deployment/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/controllers/conditions.h"
#include "agent/controllers/pod_room.h"

namespace ordinal::controllers::deployment {
namespace {

using api::Deployment;
using api::Json;

constexpr char kProgressing[] = "Progressing";

/// As SetCondition, with lastUpdateTime, which deployments have and which changes with the reason too.
void Set(const Condition& condition, WallTime now, Json& conditions) {
  const Json* found = FindCondition(conditions, condition.type);
  if (found != nullptr && api::ReadString(*found, "status") == condition.status &&
      api::ReadString(*found, "reason") == condition.reason) {
    return;
  }
  SetCondition(condition, now, conditions);
  conditions.back()["lastUpdateTime"] = FormatTime(now);
}

std::string ReasonOf(const Json& conditions) {
  const Json* found = FindCondition(conditions, kProgressing);
  return found == nullptr ? std::string() : api::ReadString(*found, "reason");
}

Json Counts(const Deployment& deployment, const Family& family) {
  int64_t replicas = 0, ready = 0, terminating = 0;
  for (const api::ReplicaSet* set : family.All()) {
    replicas += set->seen_replicas;
    ready += set->ready_replicas;
    terminating += set->terminating_replicas;
  }
  const int64_t available = SumOfAvailable(family.All());
  const int64_t unavailable = std::max<int64_t>(SumOfSizes(family.All()) - available, 0);
  const int64_t updated = family.current == nullptr ? 0 : family.current->seen_replicas;
  Json status{{"observedGeneration", deployment.meta.generation}};
  // Kubernetes leaves these out when they are zero.
  const auto put = [&](const char* name, int64_t count) {
    if (count > 0) status[name] = std::min(count, kMostReplicas);
  };
  put("replicas", replicas);
  put("updatedReplicas", updated);
  put("readyReplicas", ready);
  put("availableReplicas", available);
  put("unavailableReplicas", unavailable);
  put("terminatingReplicas", terminating);
  put("collisionCount", deployment.collision_count);
  return status;
}

void SayAvailable(const Deployment& deployment, const Family& family, WallTime now, Json& conditions) {
  const bool enough = SumOfAvailable(family.All()) >= deployment.replicas - FencesOf(deployment).unavailable;
  Set({"Available", enough ? "True" : "False", enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
       enough ? "As many pods are available as must be at any time."
              : "Fewer pods are available than must be at any time."},
      now, conditions);
}

/// More pods of the new template, fewer of the old, more ready or more available than when the status was written.
bool Progressed(const Deployment& before, const Json& status) {
  const int64_t replicas = api::ReadInt(status, "replicas"), updated = api::ReadInt(status, "updatedReplicas");
  return updated > before.updated_replicas || replicas - updated < before.seen_replicas - before.updated_replicas ||
         api::ReadInt(status, "readyReplicas") > before.ready_replicas ||
         api::ReadInt(status, "availableReplicas") > before.available_replicas;
}

bool TimedOut(const Deployment& deployment, const Json& conditions, WallTime now) {
  const Json* found = FindCondition(conditions, kProgressing);
  if (found == nullptr || ReasonOf(conditions) == "NewReplicaSetAvailable") return false;
  if (ReasonOf(conditions) == "ProgressDeadlineExceeded") return true;
  const auto since = api::ReadTime(*found, "lastUpdateTime");
  return since && *since + std::chrono::seconds(*deployment.progress_deadline_seconds) < now;
}

void SayProgress(const Deployment& deployment, const Family& family, const Json& status, WallTime now,
                 Json& conditions) {
  const bool done_before = ReasonOf(conditions) == "NewReplicaSetAvailable" &&
                           api::ReadInt(status, "replicas") == api::ReadInt(status, "updatedReplicas");
  if (done_before) return;
  const std::string name = family.current == nullptr ? fmt::format("Deployment \"{}\"", deployment.meta.name)
                                                     : fmt::format("ReplicaSet \"{}\"", family.current->meta.name);
  if (Complete(deployment, status)) {
    Set({kProgressing, "True", "NewReplicaSetAvailable", name + " has successfully progressed."}, now, conditions);
  } else if (Progressed(deployment, status)) {
    // Each step gives the rollout its whole deadline again.
    SetCondition({kProgressing, "True", "ReplicaSetUpdated", name + " is progressing."}, now, conditions);
    conditions.back()["lastUpdateTime"] = FormatTime(now);
  } else if (TimedOut(deployment, conditions, now)) {
    Set({kProgressing, "False", "ProgressDeadlineExceeded", name + " has timed out progressing."}, now, conditions);
  }
}

/// What one of the sets says is said of the deployment, the newest set first.
void TakeOver(const char* type, const Family& family, Json& conditions) {
  RemoveCondition(type, conditions);
  std::vector<const api::ReplicaSet*> sets = family.old;
  if (family.current != nullptr) sets.insert(sets.begin(), family.current);
  for (const api::ReplicaSet* set : sets) {
    const Json& theirs = api::Member(api::Member(set->object.body(), "status"), "conditions");
    const Json* said = FindCondition(theirs, type);
    if (said == nullptr) continue;
    conditions.push_back(*said);
    conditions.back()["lastUpdateTime"] = api::ReadString(*said, "lastTransitionTime");
    return;
  }
}

}  // namespace

Json ConditionsBefore(const Deployment& deployment, const Family& family, NewSet made, const std::string& new_name,
                      WallTime now) {
  Json conditions = deployment.conditions.is_array() ? deployment.conditions : Json::array();
  if (!deployment.progress_deadline_seconds) {
    RemoveCondition(kProgressing, conditions);
    return conditions;
  }
  const std::string reason = ReasonOf(conditions);
  if (reason != "ProgressDeadlineExceeded") {
    if (deployment.paused && reason != "DeploymentPaused") {
      Set({kProgressing, "Unknown", "DeploymentPaused", "Deployment is paused"}, now, conditions);
    } else if (!deployment.paused && reason == "DeploymentPaused") {
      Set({kProgressing, "Unknown", "DeploymentResumed", "Deployment is resumed"}, now, conditions);
    }
  }
  if (made == NewSet::kCreated) {
    Set({kProgressing, "True", "NewReplicaSetCreated", fmt::format("Created new replica set \"{}\"", new_name)}, now,
        conditions);
  } else if (made == NewSet::kThere && family.current != nullptr &&
             FindCondition(conditions, kProgressing) == nullptr) {
    Set({kProgressing, "True", "FoundNewReplicaSet",
         fmt::format("Found new replica set \"{}\"", family.current->meta.name)},
        now, conditions);
  }
  return conditions;
}

Json CountStatus(const Deployment& deployment, const Family& family, Json conditions, bool rolling, WallTime now) {
  Json status = Counts(deployment, family);
  SayAvailable(deployment, family, now, conditions);
  if (rolling && deployment.progress_deadline_seconds) {
    SayProgress(deployment, family, status, now, conditions);
  }
  if (rolling) TakeOver("ReplicaFailure", family, conditions);
  TakeOver(kHeldBack, family, conditions);
  status["conditions"] = std::move(conditions);
  return status;
}

Json WithCreateFailure(const Deployment& deployment, Json status, const std::string& message, WallTime now) {
  if (!deployment.progress_deadline_seconds) return status;
  Json conditions = deployment.conditions.is_array() ? deployment.conditions : Json::array();
  Set({kProgressing, "False", "ReplicaSetCreateError", message}, now, conditions);
  status["conditions"] = std::move(conditions);
  return status;
}

bool Complete(const Deployment& deployment, const Json& status) {
  return api::ReadInt(status, "updatedReplicas") == deployment.replicas &&
         api::ReadInt(status, "replicas") == deployment.replicas &&
         api::ReadInt(status, "availableReplicas") == deployment.replicas;
}

std::optional<Duration> DeadlineIn(const Deployment& deployment, const Json& status, WallTime now) {
  if (!deployment.progress_deadline_seconds || Complete(deployment, status)) return std::nullopt;
  const Json& conditions = api::Member(status, "conditions");
  const Json* found = FindCondition(conditions, kProgressing);
  if (found == nullptr || ReasonOf(conditions) == "ProgressDeadlineExceeded") return std::nullopt;
  const auto since = api::ReadTime(*found, "lastUpdateTime");
  if (!since) return std::nullopt;
  // Times are kept in whole seconds: a second later it is over for certain.
  const Duration in = *since + std::chrono::seconds(*deployment.progress_deadline_seconds + 1) - now;
  return std::max<Duration>(in, std::chrono::seconds(1));
}

}  // namespace ordinal::controllers::deployment

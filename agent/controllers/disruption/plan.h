// The status of a PodDisruptionBudget, decided from what is seen. Pure: objects and `now` in, a status out.
//
// (pkg/controller/disruption/disruption.go)
//
//   expectedPods        minAvailable a number: the pods there are
//                       else:                  what their controllers want (a ReplicaSet, StatefulSet, Deployment …)
//   desiredHealthy      minAvailable of it, or what maxUnavailable leaves of it
//   currentHealthy      pods that are ready, not going, and whose eviction was not allowed in the last two minutes
//   disruptionsAllowed  currentHealthy - desiredHealthy, never below 0; 0 while no pod is expected
//
// An eviction (agent/apiserver/rest/eviction.h) takes one of disruptionsAllowed and notes its pod in disruptedPods, in
// one write; until that pod is seen to go the budget counts it as gone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/pod_disruption_budget/view.h"
#include "agent/api/ref.h"

namespace ordinal::controllers::disruption {

/// A pod whose eviction was allowed is taken for one that stays, when it did not go within this time.
inline constexpr Duration kDeletionTimeout = std::chrono::minutes(2);

/// What has the pods of a controller: a Deployment those of its ReplicaSets.
struct Scale {
  std::string uid;
  int64_t replicas = 0;
};

struct Observed {
  api::PodDisruptionBudget budget;
  api::Refs<api::Pod> pods;             ///< all that it selects, whatever has become of them
  std::map<std::string, Scale> scales;  ///< by the uid of a pod's controller; those of other kinds are not there
  WallTime now;
};

/// Of the budget, or of one of its pods.
struct Saying {
  bool warning = false;
  std::string reason, message;
  const api::Pod* about = nullptr;  ///< null: the budget
};

struct Plan {
  api::Json status;
  std::vector<Saying> says;            ///< only what is new since the last status
  std::optional<Duration> look_again;  ///< an allowed eviction is given up then
};
Plan MakePlan(const Observed& seen);

}  // namespace ordinal::controllers::disruption

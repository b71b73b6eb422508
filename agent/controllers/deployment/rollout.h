// The arithmetic of a rollout: how large each ReplicaSet of a Deployment should be next. Pure.
//
// (pkg/controller/deployment/rolling.go, sync.go and util/deployment_util.go)
//
//   replicas 4, maxSurge 1, maxUnavailable 1, all pods become ready at once:
//
//     new   0  1  2  3  4  4
//     old   4  3  2  1  0  0      at most 5 pods in all, at least 3 available
#pragma once

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "agent/api/kinds/deployment/view.h"
#include "agent/api/kinds/replica_set/view.h"

namespace ordinal::controllers::deployment {

inline constexpr char kDesiredAnnotation[] = "deployment.kubernetes.io/desired-replicas";
inline constexpr char kMaxAnnotation[] = "deployment.kubernetes.io/max-replicas";

/// The ReplicaSets of a deployment.
struct Family {
  const api::ReplicaSet* current = nullptr;  ///< of the deployment's template; null before it is made
  std::vector<const api::ReplicaSet*> old;   ///< all others, the oldest first

  std::vector<const api::ReplicaSet*> All() const;
};

/// The largest spec.replicas and count of a status. Sums of a rollout may be larger: they are cut where they are
/// written.
inline constexpr int64_t kMostReplicas = std::numeric_limits<int32_t>::max();

/// By ReplicaSet name; sets that are not named stay as they are.
using Sizes = std::map<std::string, int64_t>;

/// maxSurge rounded up and maxUnavailable rounded down to pods; not both 0. With Recreate, and without replicas,
/// nothing surges and nothing has to stay.
struct Fences {
  int64_t surge = 0, unavailable = 0;
};
Fences FencesOf(const api::Deployment& deployment);

/// The size the current set may have now, given the sizes of all. `current_size`: what it has, 0 before it is made.
int64_t NewSize(const api::Deployment& deployment, const Family& family, int64_t current_size);

/// Old sets smaller: first what is not available anyway, then available pods as far as enough stay available.
Sizes ShrinkOld(const api::Deployment& deployment, const Family& family);

/// The deployment was scaled, whatever the rollout is at: a lone set follows, sets that share the pods each get their
/// part, and the old sets of a rollout that is through go to 0.
Sizes Rescale(const api::Deployment& deployment, const Family& family);

/// The deployment's replicas are not those its sets were last sized for.
bool WasRescaled(const api::Deployment& deployment, const Family& family);

int64_t SumOfSizes(const std::vector<const api::ReplicaSet*>& sets);
int64_t SumOfAvailable(const std::vector<const api::ReplicaSet*>& sets);

}  // namespace ordinal::controllers::deployment

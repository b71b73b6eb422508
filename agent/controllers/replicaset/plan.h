// What to do about a ReplicaSet, decided from what is seen. Pure: objects and `now` in, actions out.
//
// The set's pods count while they have not ended and are not being deleted. Too few: create the difference. Too many:
// the ones that would be missed least go first (rank.h). What could never be placed is not created (pod_room.h), so the
// work and memory of a pass do not grow with spec.replicas. Everything is decided on what the store holds now
// (dependents.h), so one sync never repeats another's work. While its pods fail right away a set waits longer and
// longer before it makes more, and of those that failed only the newest are kept (failures.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/replica_set/view.h"
#include "agent/api/ref.h"
#include "agent/controllers/failure_row.h"
#include "agent/controllers/pod_readiness.h"
#include "agent/controllers/pod_room.h"

namespace ordinal::controllers::replicaset {

/// At most so many pods are created or deleted in one sync (kube-controller-manager BurstReplicas).
inline constexpr int64_t kBurst = 500;

/// Not ended and not being deleted: it counts.
bool Active(const api::Pod& pod);

struct Observed {
  api::ReplicaSet set;
  api::Refs<api::Pod> pods;  ///< the set's own that are active
  WallTime now;
  ReadySince ready_since = {};                 ///< of its pods, where spec.minReadySeconds asks for it
  int64_t pod_capacity = kDefaultPodCapacity;  ///< what the node takes
  api::Refs<api::Pod> failed = {};             ///< the set's own that failed and are not being deleted
  FailureRow row = {};                         ///< of those, and of earlier ones
  int64_t terminating = 0;                     ///< of the set's own that are being deleted and have not ended
};

struct DeletePod {
  std::string name, uid;
  bool failed = false;  ///< one of too many that failed: the set says nothing of it
};

struct Plan {
  int64_t create = 0;
  std::vector<DeletePod> remove;       ///< too many failed ones, then active ones in the order of rank.h
  std::optional<Duration> look_again;  ///< a pod becomes available, or may be created, then without any event
  bool backing_off = false;            ///< pods are missing and wait, for those before them failed
};
Plan MakePlan(const Observed& seen);

/// The sizes of the batches in which `count` pods are created: 1, 2, 4, 8 … so that what is wrong with all of them is
/// found with the first.
std::vector<int64_t> Batches(int64_t count);

/// The whole status document. `failure`: what went wrong when the plan was carried out; it becomes the condition
/// ReplicaFailure, with a reason by whether pods were missing. Pods that are not created for want of room are counted
/// in the condition ReplicasHeldBack.
api::Json CountStatus(const Observed& seen, const std::optional<std::string>& failure);

}  // namespace ordinal::controllers::replicaset

// The controller of ReplicaSets, and the one of ReplicationControllers: watches sets and pods, and carries out what
// plan.h decides.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/api/kinds/replication_controller/view.h"
#include "agent/controllers/context.h"
#include "agent/controllers/ready_times.h"
#include "agent/controllers/replicaset/failures.h"
#include "agent/controllers/replicaset/plan.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::replicaset {

/// Set: api::ReplicaSet or api::ReplicationController.
template <class Set>
class ControllerOf {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them.
  ControllerOf(Context context, objects::Caches& caches);
  ControllerOf(const ControllerOf&) = delete;
  ControllerOf& operator=(const ControllerOf&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnPod(const objects::Change<api::Pod>& change);
  void OnFreed(const HostPorts& freed);
  Task<Status> Sync(std::string key);
  /// Adopts and releases, then looks at the set's pods that are active or failed.
  Task<Result<Observed>> Observe(const api::ReplicaSet& set);
  void SeeFailures(const std::string& key, Observed& seen);
  void SayBackOff(const std::string& key, const Observed& seen, const Plan& plan);
  Task<Status> Execute(const Observed& seen, Plan plan);
  Task<Status> CreatePods(const api::ReplicaSet& set, int64_t count);
  Task<Status> CreatePod(const api::ReplicaSet& set);
  Task<Status> RemovePod(const api::ReplicaSet& set, DeletePod pod);

  Context context_;
  objects::Cache<Set>& sets_;
  objects::Cache<api::Pod>& pods_;
  objects::Cache<api::Node>& nodes_;
  const objects::Index<api::Pod>& pods_by_controller_;
  ReadyTimes ready_times_;
  WorkQueue queue_;
  std::map<std::string, Failures> failures_;  // by key; of sets that have failed pods or had some lately
};

extern template class ControllerOf<api::ReplicaSet>;
extern template class ControllerOf<api::ReplicationController>;
using Controller = ControllerOf<api::ReplicaSet>;

}  // namespace ordinal::controllers::replicaset

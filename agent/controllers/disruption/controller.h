// The disruption controller: watches budgets, pods and the sets these are of, and writes the statuses that plan.h
// decides.
#pragma once

#include <string>

#include "agent/api/kinds/deployment/view.h"
#include "agent/api/kinds/replica_set/view.h"
#include "agent/api/kinds/replication_controller/view.h"
#include "agent/api/kinds/stateful_set/view.h"
#include "agent/controllers/context.h"
#include "agent/controllers/disruption/plan.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"
#include "agent/objects/indexes.h"

namespace ordinal::controllers::disruption {

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, objects::Caches& caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnPod(const objects::Change<api::Pod>& change);
  template <class T>
  void OnSet(const objects::Change<T>& change);
  Task<Status> Sync(std::string key);
  Observed Observe(const api::PodDisruptionBudget& budget) const;
  std::optional<Scale> ScaleOf(const std::string& ns, const api::OwnerReference& owner) const;
  void Say(const Observed& seen, const Plan& plan);
  /// kConflict when the budget is not what the plan was made of any more: an eviction came in between.
  Task<Status> Write(const Observed& seen, api::Json status);

  Context context_;
  objects::Cache<api::PodDisruptionBudget>& budgets_;
  objects::Cache<api::Pod>& pods_;
  objects::Cache<api::ReplicaSet>& replica_sets_;
  objects::Cache<api::ReplicationController>& replication_controllers_;
  objects::Cache<api::StatefulSet>& stateful_sets_;
  objects::Cache<api::Deployment>& deployments_;
  const objects::Index<api::Pod>& pods_by_label_;
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::disruption

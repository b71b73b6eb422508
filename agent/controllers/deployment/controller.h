// The Deployment controller: watches deployments and their ReplicaSets, and carries out what plan.h decides.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/controllers/context.h"
#include "agent/controllers/deployment/plan.h"
#include "agent/controllers/ready_times.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::deployment {

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, objects::Caches& caches, Settling settling = kUsualSettling);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnSet(const objects::Change<api::ReplicaSet>& change);
  void OnPod(const objects::Change<api::Pod>& change);
  Task<Status> Sync(std::string key);
  Task<Result<Observed>> Observe(const api::Deployment& deployment);
  void CountPods(Observed& seen) const;
  void SeeRolling(Observed& seen) const;
  Task<Status> Execute(const Observed& seen, Plan plan);
  /// What fails, and what another template of the same hash asks for, goes into `status`.
  Task<Status> CreateSet(const api::Deployment& deployment, api::Json body, api::Json& status);
  Task<Status> ResizeSet(const api::Deployment& deployment, Resize resize);
  Task<Status> RemoveSet(const api::Deployment& deployment, std::string name);
  Task<Status> WriteRevision(const api::Deployment& deployment, std::string revision);

  Context context_;
  objects::Cache<api::Deployment>& deployments_;
  objects::Cache<api::ReplicaSet>& sets_;
  objects::Cache<api::Pod>& pods_;
  const objects::Index<api::ReplicaSet>& sets_by_controller_;
  const objects::Index<api::Pod>& pods_by_controller_;
  Settling settling_;
  ReadyTimes ready_times_;
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::deployment

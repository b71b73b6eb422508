// The Deployment controller: watches deployments and their ReplicaSets, and carries out what plan.h decides.
#pragma once

#include <string>
#include <vector>

#include "agent/api/pod.h"
#include "agent/controllers/context.h"
#include "agent/controllers/dependents.h"
#include "agent/controllers/deployment/plan.h"
#include "agent/controllers/ready_times.h"
#include "agent/controllers/workqueue.h"
#include "agent/store/cache.h"

namespace ordinal::controllers::deployment {

class Controller {
 public:
  struct Caches {
    store::Cache& deployments;  ///< Deployment
    store::Cache& sets;         ///< ReplicaSet
    store::Cache& pods;         ///< Pod
  };

  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, Caches caches, Settling settling = kUsualSettling);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnSet(const store::WatchEvent& event);
  void OnPod(const store::WatchEvent& event);
  Task<Status> Sync(std::string key);
  Task<Result<Observed>> Observe(api::Deployment deployment);
  Task<Status> CountPods(Observed& seen);
  Task<Status> ReadRolling(Observed& seen);
  Task<Status> Execute(const Observed& seen, Plan plan);
  /// What fails, and what another template of the same hash asks for, goes into `status`.
  Task<Status> CreateSet(const api::Deployment& deployment, api::Json body, api::Json& status);
  Task<Status> ResizeSet(const api::Deployment& deployment, Resize resize);
  Task<Status> RemoveSet(const api::Deployment& deployment, std::string name);
  Task<Status> WriteRevision(const api::Deployment& deployment, std::string revision);

  Context context_;
  Caches caches_;
  Settling settling_;
  ReadyTimes ready_times_;
  Dependents sets_, pods_;
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::deployment

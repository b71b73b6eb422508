// The ReplicaSet controller: watches sets and pods, and carries out what plan.h decides.
#pragma once

#include <string>
#include <vector>

#include "agent/controllers/context.h"
#include "agent/controllers/dependents.h"
#include "agent/controllers/replicaset/plan.h"
#include "agent/controllers/workqueue.h"
#include "agent/store/cache.h"

namespace ordinal::controllers::replicaset {

class Controller {
 public:
  struct Caches {
    store::Cache& sets;   ///< ReplicaSet
    store::Cache& pods;   ///< Pod
    store::Cache& nodes;  ///< Node
  };

  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, Caches caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnPod(const store::WatchEvent& event);
  Task<Status> Sync(std::string key);
  /// Adopts and releases, then reads the set's active pods.
  Task<Result<Observed>> Observe(api::ReplicaSet set);
  Task<Status> Execute(const Observed& seen, Plan plan);
  Task<Status> CreatePods(const api::ReplicaSet& set, int64_t count);
  Task<Status> CreatePod(const api::ReplicaSet& set);
  Task<Status> RemovePod(const api::ReplicaSet& set, DeletePod pod);

  Context context_;
  Caches caches_;
  Dependents pods_;
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::replicaset

// The Job controller: watches jobs and their pods, and carries out what plan.h decides.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/api/kinds/node/view.h"
#include "agent/controllers/context.h"
#include "agent/controllers/job/plan.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"
#include "agent/objects/indexes.h"

namespace ordinal::controllers::job {

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, objects::Caches& caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnJob(const objects::Change<api::Job>& change);
  void OnPod(const objects::Change<api::Pod>& change);
  Task<Status> Sync(std::string key);
  /// Adopts and releases, unless the job is over, then looks at all pods of the job.
  Task<Result<Observed>> Observe(const std::string& key, const api::Job& job);
  Task<Status> Execute(const std::string& key, const Observed& seen, Plan plan);
  Task<Status> CreatePods(const api::Job& job, const std::vector<NewPod>& pods, int64_t& created);
  Task<Status> CreatePod(const api::Job& job, NewPod pod);
  Task<Status> DeletePod(const api::Job& job, PodName pod);
  /// Without the finalizer, so that nobody counts it; one that is over meanwhile counts and stays.
  Task<Status> DropPod(const api::Job& job, PodName pod);
  Task<Status> Track(const api::Job& job, PodName pod);
  Task<Status> Release(const api::Job& job, PodName pod);
  /// One step with many pods side by side; the first error.
  Task<Status> Each(const api::Job& job, std::vector<PodName> pods,
                    Task<Status> (Controller::*step)(const api::Job&, PodName));
  Task<Status> RemoveJob(const api::Job& job);
  /// Lets go a pod whose job is gone, or is not its owner any more.
  Task<Status> LetGo(std::string pod);

  Context context_;
  objects::Cache<api::Job>& jobs_;
  objects::Cache<api::Pod>& pods_;
  objects::Cache<api::Node>& nodes_;
  const objects::Index<api::Pod>& pods_by_controller_;
  WorkQueue queue_, orphans_;
  bool letting_go_ = false;
  std::map<std::string, Backoff> backoffs_;  // by key
};

}  // namespace ordinal::controllers::job

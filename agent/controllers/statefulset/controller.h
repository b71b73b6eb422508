// The StatefulSet controller: watches sets, their pods, claims and revisions, and carries out what plan.h decides.
// Only events drive it: the pod that becomes ready is what starts the next ordinal.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/controllers/context.h"
#include "agent/controllers/history.h"
#include "agent/controllers/ready_times.h"
#include "agent/controllers/statefulset/failures.h"
#include "agent/controllers/statefulset/plan.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::statefulset {

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them. Without `images` every image counts
  /// as being there.
  Controller(Context context, objects::Caches& caches, EnsureImages images = nullptr,
             Settling settling = kUsualSettling);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

  /// An image came to this host otherwise than by a pull: sets that could not have theirs look again.
  void ImageArrived();

 private:
  void OnRevision(const objects::Change<api::ControllerRevision>& change);
  void OnPod(const api::Pod& pod);
  void OnLostClaim(const api::Meta& claim);
  /// What the caches show; without revisions.
  Observed Observe(const api::StatefulSet& set, api::Refs<api::Pod>& adopt, api::Refs<api::Pod>& release) const;

  Task<Status> Sync(std::string key);
  Task<Plan> MakePlanWithImages(const std::string& key, Observed& seen);
  Task<Status> Execute(const Observed& seen, Plan plan);
  void SayWait(const std::string& key, const api::StatefulSet& set, const Plan& plan);

  Context context_;
  objects::Cache<api::StatefulSet>& sets_;
  objects::Cache<api::Pod>& pods_;
  objects::Cache<api::PersistentVolumeClaim>& claims_;
  objects::Cache<api::Node>& nodes_;
  History history_;
  WorkQueue queue_;
  EnsureImages images_;
  Settling settling_;
  ReadyTimes ready_times_;
  Failures failures_;
  std::set<std::string> without_images_;               // sets that wait for images, by key
  std::map<std::string, std::set<std::string>> said_;  // what was said about a set since it was last complete, by key
};

}  // namespace ordinal::controllers::statefulset

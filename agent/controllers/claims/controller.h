// The claims controller: binds PersistentVolumeClaims to PersistentVolumes and keeps the phases of both, as plan.h
// decides. Every change of a claim, a volume, or a pod that may have let go of a claim starts one pass over all.
//
// Reclaim: the data of a released volume is always kept; the policies Delete and Recycle end in an event that says so.
#pragma once

#include <map>
#include <string>

#include "agent/controllers/claims/plan.h"
#include "agent/controllers/context.h"
#include "agent/controllers/workqueue.h"
#include "agent/store/cache.h"

namespace ordinal::controllers::claims {

class Controller {
 public:
  struct Caches {
    store::Cache& claims;   ///< PersistentVolumeClaim
    store::Cache& volumes;  ///< PersistentVolume
    store::Cache& pods;     ///< Pod
  };

  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, Caches caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  Observed Observe() const;
  Task<Status> Pass();
  Task<Status> Follow(Chain chain);
  Task<Result<bool>> Confirm(const Edit& edit);
  void Say(const Saying& saying);

  Context context_;
  Caches caches_;
  WorkQueue queue_;
  std::map<api::ObjectKey, api::PersistentVolumeClaim> claims_;  // views of what the caches hold
  std::map<api::ObjectKey, api::PersistentVolume> volumes_;
  std::map<std::string, std::string> said_;  // uid → reason of the last event
};

}  // namespace ordinal::controllers::claims

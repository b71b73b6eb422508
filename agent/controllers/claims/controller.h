// The claims controller: binds PersistentVolumeClaims to PersistentVolumes, keeps the phases of both, has volumes made
// for claims that none fits and taken back when their claim is gone, as plan.h decides. Every change of a claim, a
// volume, a class, or a pod that came for a claim or may have let go of one starts one pass over all.
//
//   caches ──> Observe ──> MakePlan ──> edits of claims and volumes        awaited by the pass
//                              └──────> orders to provision and reclaim    beside it: a large tree takes minutes
#pragma once

#include <map>
#include <string>

#include "agent/controllers/claims/orders.h"
#include "agent/controllers/claims/patience.h"
#include "agent/controllers/claims/plan.h"
#include "agent/controllers/claims/provision_order.h"
#include "agent/controllers/claims/reclaim_order.h"
#include "agent/controllers/claims/storage.h"
#include "agent/controllers/context.h"
#include "agent/controllers/workqueue.h"
#include "agent/store/cache.h"

namespace ordinal::controllers::claims {

class Controller {
 public:
  struct Caches {
    store::Cache& claims;   ///< PersistentVolumeClaim
    store::Cache& volumes;  ///< PersistentVolume
    store::Cache& classes;  ///< StorageClass
    store::Cache& pods;     ///< Pod
  };

  /// Adds its handlers to the caches: build it before they run. It outlives them; `storage` outlives it.
  Controller(Context context, Caches caches, Storage& storage);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void FollowClaimsAndVolumes();
  Observed Observe() const;
  void SeePods(Observed& seen) const;
  Task<Status> Pass();
  Task<Status> Follow(Chain chain);
  Task<Result<bool>> Confirm(const Edit& edit);
  void Applied(const Edit& edit);
  void GiveOrders(const Plan& plan);
  void Say(const Saying& saying);

  Context context_;
  Caches caches_;
  WorkQueue queue_;
  ProvisionOrder provision_;
  ReclaimOrder reclaim_;
  Orders provisions_;                                            // by the claim's uid
  Orders reclaims_;                                              // by the volume's name
  std::map<api::ObjectKey, api::PersistentVolumeClaim> claims_;  // views of what the caches hold
  std::map<api::ObjectKey, api::PersistentVolume> volumes_;
  Patience patience_;
  std::map<std::string, std::string> said_;  // uid → reason of the last event
};

}  // namespace ordinal::controllers::claims

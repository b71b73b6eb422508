// The claims controller: binds PersistentVolumeClaims to PersistentVolumes, keeps the phases of both, has volumes made
// for claims that none fits and taken back when their claim is gone, as plan.h decides. Every change of a claim, a
// volume, a class, or a pod that came for a claim or may have let go of one is noted; one pass looks at all that was
// noted and what hangs on it (connected.h), however many others there are.
//
//   changes ──> Gather ──> MakePlan ──> edits of claims and volumes        awaited by the pass
//                              └──────> orders to provision and reclaim    beside it: a large tree takes minutes
#pragma once

#include <map>
#include <string>

#include "agent/controllers/claims/connected.h"
#include "agent/controllers/claims/orders.h"
#include "agent/controllers/claims/patience.h"
#include "agent/controllers/claims/plan.h"
#include "agent/controllers/claims/provision_order.h"
#include "agent/controllers/claims/reclaim_order.h"
#include "agent/controllers/claims/storage.h"
#include "agent/controllers/context.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::claims {

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them; `storage` outlives it.
  Controller(Context context, objects::Caches& caches, Storage& storage);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  using Claim = api::PersistentVolumeClaim;
  using Volume = api::PersistentVolume;

  void OnClaim(const objects::Change<Claim>& change);
  void OnVolume(const objects::Change<Volume>& change);
  void OnPod(const api::Pod& pod);
  void Note(const Changed& changed);
  void Note(std::set<ClaimName> claims);
  void LookAfter(const Changed& changed, Duration delay);
  Observed Observe(const Changed& changed) const;
  Task<Status> Sync(std::string key);
  Task<Status> Pass(const Changed& changed);
  Task<Status> Follow(Chain chain);
  Task<Result<bool>> Confirm(const Edit& edit);
  void Applied(const Edit& edit);
  void GiveOrders(const Plan& plan);
  void Say(const events::Event& saying);

  Context context_;
  objects::Cache<Claim>& claims_;
  objects::Cache<Volume>& volumes_;
  objects::Cache<api::StorageClass>& classes_;
  objects::Cache<api::Pod>& pods_;
  Connected connected_;
  WorkQueue queue_;
  ProvisionOrder provision_;
  ReclaimOrder reclaim_;
  Orders provisions_;  // by the claim's uid
  Orders reclaims_;    // by the volume's name
  bool ordering_ = false;
  Changed changed_;  // since the last pass
  Patience patience_;
  std::map<std::string, std::string> said_;  // uid → reason of the last event
};

}  // namespace ordinal::controllers::claims

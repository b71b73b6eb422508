// Connected: what has to be looked at together when some claims and volumes changed. Which claim gets a volume depends
// on others, but not on all: a bound claim and its volume are a world of their own, however many there are.
//
//   claim ──── spec.volumeName, spec.claimRef ──── volume
//     └── without a volume: the free volumes of its class ── that changed: the claims of the class without a volume
#pragma once

#include <set>
#include <string>
#include <utility>

#include "agent/api/kinds/pod/view.h"
#include "agent/controllers/claims/plan.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::claims {

using ClaimName = std::pair<std::string, std::string>;  ///< namespace, name

/// What changed. A name of something that is gone counts too: what refers to it is looked at.
struct Changed {
  std::set<ClaimName> claims;
  std::set<std::string> volumes;

  bool empty() const { return claims.empty() && volumes.empty(); }
  void Add(const Changed& more);
};

class Connected {
 public:
  using Claim = api::PersistentVolumeClaim;
  using Volume = api::PersistentVolume;

  /// Before the caches run; they outlive it.
  explicit Connected(objects::Caches& caches);

  /// The claims, the volumes, and what pods do with the claims.
  void Gather(const Changed& changed, Observed& seen) const;

  /// The claims that a change of this storage class may concern.
  std::set<ClaimName> ClaimsOfClass(const std::string& storage_class) const;
  /// The name of the claim with this uid; nothing when it is gone.
  std::set<ClaimName> ClaimWithUid(const std::string& uid) const;

 private:
  class Walk;
  void SeePods(Observed& seen) const;

  objects::Cache<Claim>& claims_;
  objects::Cache<Volume>& volumes_;
  const objects::Index<Claim>& claims_by_link_;
  const objects::Index<Volume>& volumes_by_link_;
  const objects::Index<api::Pod>& pods_by_claim_;
};

}  // namespace ordinal::controllers::claims

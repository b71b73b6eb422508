#include "agent/controllers/statefulset/retention.h"

#include <algorithm>

#include "agent/controllers/statefulset/identity.h"

namespace ordinal::controllers::statefulset {
namespace {

using api::OwnerReference;

/// The owner of the claims of an ordinal that the policy asks for, if any.
std::optional<OwnerReference> OwnerOfClaims(const api::StatefulSet& set, const api::Pod& pod, bool wanted) {
  if (!wanted && set.when_scaled == "Delete") {
    OwnerReference owner = api::ControllerReference(pod.object);
    // The pod owns the claim so that it takes it along; it does not control it.
    owner.controller = false;
    owner.block_owner_deletion = false;
    return owner;
  }
  if (set.when_deleted == "Delete") return api::ControllerReference(set.object);
  return std::nullopt;
}

}  // namespace

std::vector<SetClaimOwners> ClaimOwnersToSet(const Observed& seen) {
  std::vector<SetClaimOwners> out;
  for (const api::Pod& pod : seen.pods) {
    const auto ordinal = OrdinalOf(seen.set, pod.meta.name);
    if (!ordinal) continue;
    const auto owner = OwnerOfClaims(seen.set, pod, Wanted(seen.set, *ordinal));
    for (const api::Json& claim_template : seen.set.claim_templates) {
      const auto found = seen.claims.find(ClaimName(NameOf(claim_template), seen.set.meta.name, *ordinal));
      if (found == seen.claims.end() || found->second->meta.deleting()) continue;
      const api::Meta& claim = found->second->meta;
      api::Json owners = api::Json::array();
      std::vector<std::string> before, after;
      for (const OwnerReference& reference : claim.owners) {
        before.push_back(reference.uid);
        const bool ours =
            reference.uid == seen.set.meta.uid || (reference.kind == "Pod" && reference.name == pod.meta.name);
        if (ours && !(owner && owner->uid == reference.uid)) continue;
        after.push_back(reference.uid);
        owners.push_back(reference.ToJson());
      }
      if (owner && std::find(after.begin(), after.end(), owner->uid) == after.end()) {
        after.push_back(owner->uid);
        owners.push_back(owner->ToJson());
      }
      if (before != after) out.push_back(SetClaimOwners{claim.name, claim.uid, std::move(owners)});
    }
  }
  return out;
}

void OwnNewClaim(const api::StatefulSet& set, api::Json& claim) {
  if (set.when_deleted != "Delete") return;
  claim["metadata"]["ownerReferences"] = api::Json::array({api::ControllerReference(set.object).ToJson()});
}

bool LeavingClaim(const api::Meta& claim, const std::string& pod_name) {
  if (claim.deleting()) return true;
  return std::any_of(claim.owners.begin(), claim.owners.end(),
                     [&](const OwnerReference& owner) { return owner.kind == "Pod" && owner.name == pod_name; });
}

}  // namespace ordinal::controllers::statefulset

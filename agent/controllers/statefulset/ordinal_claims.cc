#include "agent/controllers/statefulset/ordinal_claims.h"

#include "agent/controllers/statefulset/identity.h"
#include "agent/controllers/statefulset/pod_template.h"
#include "agent/controllers/statefulset/retention.h"

namespace ordinal::controllers::statefulset {

using api::Json;

std::vector<Json> MissingClaims(const Observed& seen, int64_t ordinal) {
  std::vector<Json> missing = BuildClaims(seen.set, ordinal);
  std::erase_if(missing, [&](const Json& claim) { return seen.claims.contains(NameOf(claim)); });
  for (Json& claim : missing) OwnNewClaim(seen.set, claim);
  return missing;
}

std::vector<GrowClaim> ClaimsToGrow(const Observed& seen) {
  std::vector<GrowClaim> grow;
  for (const Json& claim_template : seen.set.claim_templates) {
    const Json& requests = api::Member(api::Member(api::Member(claim_template, "spec"), "resources"), "requests");
    const std::string storage = api::ReadString(requests, "storage");
    const auto wanted = api::Quantity::Parse(storage);
    if (!wanted.ok()) continue;
    const std::string parent = NameOf(claim_template) + "-" + seen.set.meta.name;
    for (auto at = seen.claims.lower_bound(parent); at != seen.claims.end() && at->first.starts_with(parent); ++at) {
      const api::PersistentVolumeClaim& claim = at->second;
      const auto name = ParsePodName(claim.meta.name);
      if (!name || name->parent != parent || !Wanted(seen.set, name->ordinal)) continue;
      if (claim.meta.deleting() || claim.request >= *wanted) continue;
      grow.push_back(GrowClaim{claim.meta.name, claim.meta.uid, storage});
    }
  }
  return grow;
}

}  // namespace ordinal::controllers::statefulset

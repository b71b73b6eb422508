#include "agent/controllers/quota/plan.h"

#include "agent/api/kinds/resource_quota/usage.h"

namespace ordinal::controllers::quota {

using api::Amounts;
using api::Json;

Json StatusOf(const api::ResourceQuota& quota, const VisitObjects& visit, WallTime now) {
  Amounts used;
  for (const auto& [resource, amount] : quota.hard) used[resource];
  for (const api::KindInfo* kind : api::AllKinds()) {
    if (!quota.Counts(*kind)) continue;
    const api::ObjectCounter counter(*kind, quota.hard);
    if (counter.all_alike() && quota.scopes.empty()) {
      int64_t number = 0;
      visit(*kind, [&number](const api::Object&) { ++number; });
      AddTo(used, counter.OfAlike(number));
      continue;
    }
    visit(*kind, [&](const api::Object& object) {
      if (quota.InScopes(*kind, object.body())) AddTo(used, counter.Of(object.body(), now));
    });
  }
  Json status = Json::object();
  for (const auto& [resource, amount] : used) status["used"][resource] = amount.Text();
  const Json& hard = api::Member(api::Member(quota.object.body(), "spec"), "hard");
  if (hard.is_object() && !hard.empty()) status["hard"] = hard;
  return status;
}

bool Matters(const api::ResourceQuota& quota, const api::KindInfo& kind, const Json& old, const Json& now_body,
             WallTime now) {
  if (!quota.Counts(kind)) return false;
  const Amounts before = quota.UsageOf(kind, old, now), after = quota.UsageOf(kind, now_body, now);
  return !Growth(after, before).empty() || !Growth(before, after).empty();
}

}  // namespace ordinal::controllers::quota

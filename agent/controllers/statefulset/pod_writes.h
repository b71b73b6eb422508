// The writes of a StatefulSet's plan that concern pods and claims, one function an action. Each is safe to repeat
// and safe on an old view: names that exist are looked at before they count as a failure, deletions name a uid.
#pragma once

#include "agent/controllers/context.h"
#include "agent/controllers/statefulset/plan.h"

namespace ordinal::controllers::statefulset {

// `set` and `context` outlive the calls. All events are about the set.

Task<Status> Perform(Context& context, const api::StatefulSet& set, PodAction action);
Task<Status> Perform(Context& context, const api::StatefulSet& set, SetClaimOwners action);
Task<Status> Perform(Context& context, const api::StatefulSet& set, GrowClaim action);

}  // namespace ordinal::controllers::statefulset

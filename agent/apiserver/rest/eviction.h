// Evictions of pods: deletions that keep to the pods' disruption budgets. `kubectl drain` asks for them.
//
//   pod has ended, never ran, is going ──> deleted                   no budget is asked
//   no budget selects it ───────────────> deleted
//   two do ─────────────────────────────> 500
//   one does: not ready, may go free ───> deleted, unless it changed meanwhile (429)
//             disruptionsAllowed > 0 ───> one less and its name noted, in one write; then deleted
//             else ─────────────────────> 429, cause DisruptionBudget
//
// Two evictions at once cannot both take the last disruption: each writes the budget as it read it, or reads it again.
#pragma once

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

/// POST of an Eviction (policy/v1). A pod that goes is marked with the condition DisruptionTarget first.
Task<Result<http::Response>> Evict(Call& call);

}  // namespace ordinal::apiserver::rest

// The claims of the wanted ordinals against the claim templates: which are missing, which have to grow. Pure.
#pragma once

#include <vector>

#include "agent/controllers/statefulset/plan.h"

namespace ordinal::controllers::statefulset {

/// Documents of the claims of `ordinal` that do not exist.
std::vector<api::Json> MissingClaims(const Observed& seen, int64_t ordinal);

/// Existing claims of wanted ordinals that ask for less than their template does. A claim is never made smaller, and
/// one that is being deleted is left alone.
std::vector<GrowClaim> ClaimsToGrow(const Observed& seen);

}  // namespace ordinal::controllers::statefulset

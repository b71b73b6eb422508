// Which warnings a writer is told: those of what this write said. Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

/// Adds what is to be said of every request to a version that its definition calls deprecated.
void WarnOfVersion(Call& call);

/// `warnings` of a write that made `now` of `before` (empty: nothing was there), without those of a field that was the
/// same before. A warning starts with the field it is about: "spec.schedulerName: has no effect: …".
std::vector<std::string> NewWarnings(const api::KindInfo& kind, const api::Object& before, const api::Object& now,
                                     std::vector<std::string> warnings);

}  // namespace ordinal::apiserver::rest

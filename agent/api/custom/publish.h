// The kinds that definitions bring, made known to all who treat kinds alike (kind.h). Readers, on whichever thread, see
// one list or the next; nobody waits.
#pragma once

#include <memory>
#include <vector>

#include "agent/api/custom/definition.h"
#include "agent/base/clock.h"

namespace ordinal::api {

/// How long a list of kinds, and a description that nobody holds, stay after they were replaced: longer than a request.
inline constexpr Duration kRetiredKindsStay = std::chrono::minutes(10);

/// Makes these the custom kinds, instead of those before. Control thread.
void PublishKinds(std::vector<std::shared_ptr<const custom::CustomKind>> kinds, SteadyTime now);

}  // namespace ordinal::api

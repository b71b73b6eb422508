// What a container finds on disk: its log's directory, its termination log, /etc/hosts, the mounts of its volumes.
#pragma once

#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

Task<Status> WriteFiles(StepContext& context, const api::Container& container, uint32_t attempt);

/// None while an image that it mounts has to be waited for. Errors of volume_specs.h's MountsOf(), and of the mounts
/// themselves.
Task<Result<std::optional<std::vector<cri::Mount>>>> MountsFor(StepContext& context, const api::Container& container,
                                                               uint32_t attempt);

}  // namespace ordinal::podsync

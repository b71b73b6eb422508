#pragma once

#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

/// Mounts what the pod's volumes resolved to (PodSeen::volumes); the error is why they did not.
Task<Status> Perform(StepContext& context, const PrepareVolumes& step);

}  // namespace ordinal::podsync

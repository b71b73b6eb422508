#pragma once

#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

/// All side by side with the pod's grace; returns when they have ended. One that would not end is ended with its
/// sandbox where the plan stops that too, and is an error otherwise.
Task<Status> Perform(StepContext& context, const EndContainers& step, bool sandbox_follows);

}  // namespace ordinal::podsync

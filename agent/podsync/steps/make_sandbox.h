#pragma once

#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

/// The pod's log directory and its sandbox; one without an address is an error.
Task<Status> Perform(StepContext& context, const MakeSandbox& step);

}  // namespace ordinal::podsync

#pragma once

#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

/// Ends what still runs in it, gives its address back and remembers that this was done.
Task<Status> Perform(StepContext& context, const StopSandbox& step);

}  // namespace ordinal::podsync

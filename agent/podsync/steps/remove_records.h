#pragma once

#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

// A record that cannot be removed is said and tried again later; nothing else waits for it.
Task<void> Perform(StepContext& context, const DropContainer& step);
Task<void> Perform(StepContext& context, const RemoveContainer& step);
Task<void> Perform(StepContext& context, const RemoveSandbox& step);

}  // namespace ordinal::podsync

#pragma once

#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

/// Writes the files of each volume of configuration that changed, whatever becomes of the pod's other volumes; returns
/// the first error. Files of what is not there any more stay, which is said.
Task<Status> Perform(StepContext& context, const RefreshFiles& step);

}  // namespace ordinal::podsync

#pragma once

#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

/// Writes the files of each volume of configuration that changed, whatever becomes of the pod's other volumes. What
/// fails is said and tried again with backoff (Memory::files_retry), and keeps no other step from being done. Files of
/// what is not there any more stay, which is said.
Task<void> Perform(StepContext& context, const RefreshFiles& step);

}  // namespace ordinal::podsync

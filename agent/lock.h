// The lock of a run directory. Part of the composition root.
#pragma once

#include "agent/config.h"

namespace ordinal {

/// One agent per run directory: held until the process ends, however it ends. kFailedPrecondition when another
/// process has it.
Status LockRunDirectory(const Config& config);

}  // namespace ordinal

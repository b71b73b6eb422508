// The lock of a run directory. Part of the composition root.
#pragma once

#include "agent/app/config.h"

namespace ordinal {

/// One agent per run directory: held until the process ends, however it ends. Blocks up to 5 s while another process
/// has it, and says so in the log: one that was killed may still be ending. kFailedPrecondition after that.
Status LockRunDirectory(const Config& config);

}  // namespace ordinal

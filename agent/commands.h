// The subcommands that talk to a running agent through its command socket.
#pragma once

#include "agent/config.h"

namespace ordinal {

/// `ordinald get …`: prints a table, or JSON. Exit code 0, or 1 with the reason on stderr.
int RunGet(const Config& config, const Command& command);

/// `ordinald status`: prints each part and whether it is ready. Exit code 0 when all are, else 1.
int RunStatus(const Config& config);

}  // namespace ordinal

// The subcommands that talk to a running agent through its command socket.
#pragma once

#include "agent/app/config.h"

namespace ordinal {

/// `ordinald get …`: prints a table, or JSON. Exit code 0, or 1 with the reason on stderr.
int RunGet(const Config& config, const Command& command);

/// `ordinald status`: prints each part and whether it is ready. Exit code 0 when all are, else 1.
int RunStatus(const Config& config);

/// `ordinald down`: with the agent stopped, ends every pod of this node and removes what the agent made of mounts,
/// links, CNI configuration and cgroups. Volumes, claims and the store stay; pods are made again, in order, at the
/// next start. Exit code 0, or 1 with what is left on stderr.
int RunDown(const Config& config);

}  // namespace ordinal

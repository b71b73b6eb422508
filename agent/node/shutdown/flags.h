// The time of the host's shutdown that pods have, as the command line says it.
#pragma once

#include <string>

namespace ordinal::node {

/// Durations as Go writes them; ParseShutdownPolicy() reads them.
struct ShutdownFlags {
  std::string grace_period = "30s", critical_pods = "10s";  ///< all of the time, and what of it critical pods get
  std::string by_priority = {};                             ///< "100000=10s,10000=60s,0=20s"; instead of both
};

}  // namespace ordinal::node

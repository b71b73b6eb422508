// Ending the cgroups of a pod of which the runtime has nothing any more: by a worker that ends its pod, and by
// `ordinald down`.
#pragma once

#include <string>

#include "agent/base/blocking_pool.h"
#include "agent/base/clock.h"

namespace ordinal::podsync {

struct CgroupsOfPod {
  std::string root;  ///< /sys/fs/cgroup
  std::string uid;
  bool kill = true;  ///< whoever is left in them belongs to nobody
};

/// Removes them as soon as the runtime has taken its processes out, which takes a moment; after two seconds kills who
/// is left. False when one is still in use after ten.
Task<bool> EndCgroups(Clock& clock, BlockingPool& pool, CgroupsOfPod cgroups);

}  // namespace ordinal::podsync

// Ending what the runtime does not know of any more: the cgroups of a pod it has nothing of (by a worker that ends its
// pod, and by `ordinald down`), and processes of containers that it says have ended.
#pragma once

#include <string>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/clock.h"

namespace ordinal::podsync {

struct CgroupsOfPod {
  std::string root;  ///< /sys/fs/cgroup
  std::string uid;
};

/// Removes them as soon as the runtime has taken its processes out, which takes a moment; after two seconds kills who
/// is left: they belong to nobody. False when one is still in use after ten.
Task<bool> EndCgroups(Clock& clock, BlockingPool& pool, CgroupsOfPod cgroups);

/// Kills the processes that are left of containers which have ended, by the runtime's word, and waits until they are
/// gone. Says how many looks found one: 0 is the rule. kDeadlineExceeded when one is there after ten seconds.
Task<Result<int>> EndProcessesOfEnded(Clock& clock, BlockingPool& pool, CgroupsOfPod cgroups,
                                      std::vector<std::string> containers);

}  // namespace ordinal::podsync

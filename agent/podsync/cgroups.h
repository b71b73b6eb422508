// The cgroups of pods. The runtime makes them, below what CRI was given as cgroup parent (resources.h, CgroupParent);
// it removes those of containers and leaves the pod's to the agent. In cgroup v1 there is one in every hierarchy.
// `root` is /sys/fs/cgroup: v1, hybrid or pure v2. All calls block for a moment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::podsync {

/// Removes every cgroup named after the pod, of whatever class of service and driver, and the empty ones of containers
/// in it. True when none is left; one that holds a process stays.
bool RemovePodCgroups(const std::string& root, const std::string& uid);

/// Kills every process in the cgroups named after the pod. For a pod of which the runtime has nothing any more: a start
/// that was cut off may have left a process there that nobody else knows (`runc init`, with containerd 2.x).
void KillPodProcesses(const std::string& root, const std::string& uid);

/// Kills every process in the cgroups of these containers of the pod, which the runtime says have ended. True when
/// there was none: a start that the runtime gave up because its caller went away is recorded as an end, and its process
/// may run on (containerd 1.6).
bool KillProcessesOfEnded(const std::string& root, const std::string& uid, const std::vector<std::string>& containers);

/// Removes the cgroups that pods lie in ("kubepods" and its classes of service) where nothing is in them any more.
void RemoveEmptyClassCgroups(const std::string& root);

/// Bounds the processes and threads in the pod's cgroup `parent`, which the runtime has made: what forks without end,
/// ends there. `limit` < 0 is no bound. kNotFound when there is no such cgroup with the controller pids.
Status LimitProcesses(const std::string& root, const std::string& parent, int64_t limit);

/// How many processes and threads there are in the pod's cgroup `parent`; 0 where nobody counts them.
int64_t ProcessesIn(const std::string& root, const std::string& parent);

/// A quarter of what the host lets exist: the least of kernel.pid_max, kernel.threads-max and pids.max of the cgroups
/// the agent is in. `proc` is /proc.
int64_t DefaultProcessLimit(const std::string& root, const std::string& proc);

}  // namespace ordinal::podsync

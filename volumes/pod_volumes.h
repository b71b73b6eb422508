// PodVolumes: what podsync asks of this room, one call for each point of a pod's life:
//
//   Mount(spec)                     before the sandbox: everything a volume needs is made, checked and mounted
//   MountContainer(spec, name)      before each create of a container, so that an init container may have made
//                                   what a later one mounts by subPath
//   Unmount(uid)                    after the last container and the sandbox are gone
//   KnownPods()                     after a start of the agent: which pods left a directory behind
//
// Calls belong to the control thread; the work happens on the blocking pool. All are idempotent, also after a
// crash of the agent. Calls for different pods may overlap, two for one pod must not. Errors name the volume, the
// path and the cure: reason FailedMount (Mount, Unmount) or CreateContainerConfigError (a subPath).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/layout.h"
#include "agent/base/task.h"
#include "volumes/mounter.h"
#include "volumes/spec.h"

namespace ordinal::volumes {

class PodVolumes {
 public:
  virtual ~PodVolumes() = default;

  /// Makes the pod's directory and its volumes ready. What was ready stays untouched.
  virtual Task<Status> Mount(PodVolumesSpec spec) = 0;

  /// The mounts to hand to CRI for `container`, in the order of its volumeMounts, subPaths bound. Mount has
  /// succeeded for the same spec before.
  virtual Task<Result<std::vector<ReadyMount>>> MountContainer(PodVolumesSpec spec, std::string container) = 0;

  /// Unmounts all that is mounted below pods/<uid>, then removes that directory. Nothing else is removed, through
  /// no symlink and into no other mount: persistent data stays. Success when there is nothing.
  virtual Task<Status> Unmount(std::string uid) = 0;

  /// The uids that have a directory below pods/, sorted.
  virtual Task<Result<std::vector<std::string>>> KnownPods() = 0;
};

/// `mounter` and `pool` outlive the result and every call that is still running.
std::unique_ptr<PodVolumes> MakePodVolumes(Layout layout, Mounter& mounter, BlockingPool& pool);

}  // namespace ordinal::volumes

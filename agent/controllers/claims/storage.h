// Storage: what the claims controller has done on the node's disk and asks of its runtime. The composition root
// implements it. Every call belongs to the control thread and never blocks it; errors name the path and the cure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/volume.h"
#include "agent/base/task.h"

namespace ordinal::controllers::claims {

/// A pod that the runtime holds something alive of, whether or not its object still exists.
struct RunningPod {
  std::string ns, name, uid;
};

struct MadeDirectory {
  std::string path;
  std::string passed_over;  ///< the directory of the claim's name, when it holds the data of an earlier claim
};

class Storage {
 public:
  using Volumes = std::vector<api::PersistentVolume>;
  virtual ~Storage() = default;

  /// Removes what is in the volume's directory. Idempotent. `others` are all other volumes: nothing that one of them
  /// shows is touched. kNotSupported for a source that is no directory of this host, kPermissionDenied and
  /// kFailedPrecondition for a directory that must stay.
  virtual Task<Status> Wipe(api::PersistentVolume volume, Volumes others) = 0;
  /// The same, and the directory itself. Success when it is gone already.
  virtual Task<Status> Remove(api::PersistentVolume volume, Volumes others) = 0;
  /// An empty directory for the claim, which no volume of `others` shows. Calls never overlap.
  virtual Task<Result<MadeDirectory>> Make(api::PersistentVolumeClaim claim, Volumes others) = 0;

  virtual std::vector<RunningPod> RunningPods() const = 0;
};

}  // namespace ordinal::controllers::claims

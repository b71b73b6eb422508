// Storage: what the claims controller has done on the node's disk and asks of its runtime. The composition root
// implements it. Every call belongs to the control thread and never blocks it; errors name the path and the cure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kinds/persistent_volume/view.h"
#include "agent/api/kinds/persistent_volume_claim/view.h"
#include "agent/api/ref.h"
#include "agent/base/task.h"

namespace ordinal::controllers::claims {

/// A pod that the runtime holds something alive of, whether or not its object still exists.
struct RunningPod {
  std::string ns, name, uid;
};

struct MadeDirectory {
  std::string path;
  std::string passed_over;  ///< the directory of the claim's name, when it holds the data of an earlier claim
  bool adopted = false;     ///< it held data, and the claim's annotation kDirectory says that it is the claim's
};

/// Annotation of a claim: what is done when a directory of its name holds data and no volume shows it.
inline constexpr const char* kDirectory = "ordinal.dev/directory";
inline constexpr const char* kAdoptDirectory = "adopt";  ///< the claim gets it with what is in it
inline constexpr const char* kNewDirectory = "new";      ///< the claim gets an empty one beside it
/// The reason of Make's error when that has not been decided.
inline constexpr const char* kUndecided = "DirectoryHoldsData";

class Storage {
 public:
  using Volumes = api::Refs<api::PersistentVolume>;
  virtual ~Storage() = default;

  /// Removes what is in the volume's directory. Idempotent. `others` are all other volumes: nothing that one of them
  /// shows is touched. kNotSupported for a source that is no directory of this host, kPermissionDenied and
  /// kFailedPrecondition for a directory that must stay.
  virtual Task<Status> Wipe(api::PersistentVolume volume, Volumes others) = 0;
  /// The same, and the directory itself. Success when it is gone already.
  virtual Task<Status> Remove(api::PersistentVolume volume, Volumes others) = 0;
  /// A directory for the claim, which no volume of `others` shows; empty unless the claim's annotation kDirectory says
  /// otherwise. kFailedPrecondition with reason kUndecided: only a person can tell. Calls never overlap.
  virtual Task<Result<MadeDirectory>> Make(api::PersistentVolumeClaim claim, Volumes others) = 0;

  virtual std::vector<RunningPod> RunningPods() const = 0;
};

}  // namespace ordinal::controllers::claims

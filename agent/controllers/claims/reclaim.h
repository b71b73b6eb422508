// Which volumes are to be emptied or removed once their claim is gone, and who may still use them. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/persistent_volume/view.h"
#include "agent/controllers/claims/storage.h"

namespace ordinal::controllers::claims {

enum class Reclaim {
  kKeep,                ///< not released, or its data stays
  kWipe,                ///< policy Recycle
  kRemove,              ///< policy Delete
  kLeaveToProvisioner,  ///< policy Delete, and somebody else made it
};

/// Of a volume that is Released or Failed. One that its owner deletes is not wiped any more; one that could not be
/// removed (Failed) may be deleted by hand, its data then stays.
Reclaim ReclaimOf(const api::PersistentVolume& volume);

/// Who provisioned it; empty: a person.
std::string ProvisionerOf(const api::PersistentVolume& volume);
/// This node provisioned it.
bool MadeHere(const api::PersistentVolume& volume);

/// The pods that may have the volume mounted although its claim is gone:
///   - a pod with a node that names the claim and has not ended, or has ended and still runs. When there is a new claim
///     of that name (`successor` is when it was created), a pod that was placed since then mounts the new one's volume;
///   - whatever runs in the namespace without an object: a pod deleted by force may mount anything.
/// `pods` are the namespace's.
std::vector<std::string> UsersOf(const api::PersistentVolume& volume, std::optional<WallTime> successor,
                                 const std::vector<api::Object>& pods, const std::vector<RunningPod>& running);

}  // namespace ordinal::controllers::claims

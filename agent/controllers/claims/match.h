// Which volume fits which claim. Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kinds/persistent_volume/view.h"
#include "agent/api/kinds/persistent_volume_claim/view.h"
#include "agent/api/ref.h"

namespace ordinal::controllers::claims {

using api::PersistentVolume;
using api::PersistentVolumeClaim;

/// spec.claimRef names the claim, and its uid if it has one.
bool Names(const PersistentVolume& volume, const PersistentVolumeClaim& claim);
/// A spec.claimRef for the claim as it is now.
api::Json ReferenceTo(const PersistentVolumeClaim& claim);
/// spec.claimRef carries the claim's uid: the volume is the claim's and nobody else's.
bool BoundTo(const PersistentVolume& volume, const PersistentVolumeClaim& claim);

/// Why a volume cannot serve a claim; kFits when it can. `kTaken` and `kClass` and `kLabels` do not count against a
/// volume that was reserved for the claim by claimRef or volumeName.
enum class Misfit { kFits, kTaken, kLeaving, kTooSmall, kAccessModes, kClass, kVolumeMode, kLabels };
Misfit Compare(const PersistentVolume& volume, const PersistentVolumeClaim& claim);
Misfit CompareReserved(const PersistentVolume& volume, const PersistentVolumeClaim& claim);

/// The volume that is reserved for the claim by claimRef; else the smallest that fits, of those the first by name.
/// Null when there is none. `volumes` are those still free.
const PersistentVolume* BestMatch(const std::vector<const PersistentVolume*>& volumes,
                                  const PersistentVolumeClaim& claim);

/// Why none of the volumes fits, for people: "of 3 persistent volumes 2 are taken, 1 is too small".
std::string ExplainMisfits(const api::Refs<PersistentVolume>& volumes, const PersistentVolumeClaim& claim);

}  // namespace ordinal::controllers::claims

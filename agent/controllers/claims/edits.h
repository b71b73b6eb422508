// The edits of a claims plan, one function each. Pure.
#pragma once

#include "agent/controllers/claims/plan.h"

namespace ordinal::controllers::claims {

using api::PersistentVolume;
using api::PersistentVolumeClaim;

/// Refused when the volume is another claim's or being deleted by then.
Edit BindVolume(const PersistentVolume& volume, const PersistentVolumeClaim& claim, WallTime now);
/// Refused when the claim names another volume by then.
Edit BindClaim(const PersistentVolumeClaim& claim, const PersistentVolume& volume);
Edit ClaimStatus(const PersistentVolumeClaim& claim, const std::string& phase);
Edit LoseClaim(const PersistentVolumeClaim& claim);
Edit OfferVolume(const PersistentVolume& volume, WallTime now);
Edit ReleaseVolume(const PersistentVolume& volume, WallTime now);
Edit UnbindVolume(const PersistentVolume& volume, WallTime now);
Edit UnprotectClaim(const PersistentVolumeClaim& claim);
Edit UnprotectVolume(const PersistentVolume& volume);

/// What the claim's status says when it is bound to the volume: phase, accessModes, capacity.
bool StatusFollows(const PersistentVolumeClaim& claim, const PersistentVolume& volume);

}  // namespace ordinal::controllers::claims

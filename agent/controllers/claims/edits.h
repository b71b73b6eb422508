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

Edit AssignClass(const PersistentVolumeClaim& claim, const std::string& storage_class);
/// The annotation by which a provisioner of another program finds its claims.
Edit MarkExternal(const PersistentVolumeClaim& claim, const std::string& provisioner);
/// Refused when the volume is another claim's by then.
Edit GrowVolume(const PersistentVolume& volume, const PersistentVolumeClaim& claim);
/// Of a wiped volume. Refused when its claimRef or its policy changed while it was wiped.
Edit MakeAvailable(const PersistentVolume& volume, WallTime now);
/// Phase Failed with reason and message. Refused when the volume is another claim's or nobody's by then.
Edit FailVolume(const PersistentVolume& volume, const std::string& reason, const std::string& message, WallTime now);
/// Lets go of a volume whose data is removed, whether or not it is marked as deleted.
Edit LetGo(const PersistentVolume& volume);

/// What the claim's status says when it is bound to the volume: phase, accessModes, capacity.
bool StatusFollows(const PersistentVolumeClaim& claim, const PersistentVolume& volume);

}  // namespace ordinal::controllers::claims

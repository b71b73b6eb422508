// spec.persistentVolumeClaimRetentionPolicy: who owns a claim, and so what takes it along when it goes. Pure.
//
//   whenScaled  whenDeleted   wanted ordinal   excess ordinal
//   Retain      Retain        nobody           nobody
//   Retain      Delete        the set          the set
//   Delete      Retain        nobody           its pod
//   Delete      Delete        the set          its pod
//
// Owners that are neither the set nor the claim's pod are left as they are.
#pragma once

#include <string>
#include <vector>

#include "agent/controllers/statefulset/plan.h"

namespace ordinal::controllers::statefulset {

/// Existing claims of existing pods whose owners are not what the table says.
std::vector<SetClaimOwners> ClaimOwnersToSet(const Observed& seen);

/// Adds the owner of a new claim of a wanted ordinal, if the table names one.
void OwnNewClaim(const api::StatefulSet& set, api::Json& claim);

/// The claim goes soon: it is being deleted, or was left to a pod named `pod_name` that is gone. A new pod must
/// not take it.
bool LeavingClaim(const api::Meta& claim, const std::string& pod_name);

}  // namespace ordinal::controllers::statefulset

// Which claim gets which volume, what the phases of both are, and what is to be made and taken back. Pure: claims,
// volumes and classes in, edits and orders out.
//
//   claim   Pending ─────────────────────────> Bound ──> Lost (its volume is gone)
//              │  1. volume: claimRef   2. claim: volumeName
//              └──> order to provision (provisioning.h)
//   volume  Available ───────────────────────> Bound ──> Released (its claim is gone) ──> Retain: data kept
//              ^                                             ├──> Recycle: order to wipe ──> Available
//              └── wiped, claimRef cleared ──────────────────┤
//                                                            └──> Delete: order to remove ──> gone
//                       an order that fails: Failed, tried again
//
// The volume is written first: its claimRef with the claim's uid is the lock. A binding cut off between the two
// writes is completed by the next pass, because a volume that names the claim wins over every other. Orders are given
// again by every pass until what they asked for is seen, so one that was cut off is carried out after a restart.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/api/kinds/persistent_volume/view.h"
#include "agent/api/kinds/persistent_volume_claim/view.h"
#include "agent/api/kinds/storage_class/view.h"
#include "agent/api/ref.h"
#include "agent/events/event.h"

namespace ordinal::controllers::claims {

inline constexpr const char* kBindCompleted = "pv.kubernetes.io/bind-completed";
inline constexpr const char* kBoundByController = "pv.kubernetes.io/bound-by-controller";
inline constexpr const char* kProvisionedBy = "pv.kubernetes.io/provisioned-by";
inline constexpr const char* kStorageProvisioner = "volume.kubernetes.io/storage-provisioner";
inline constexpr const char* kClaimProtection = "kubernetes.io/pvc-protection";
inline constexpr const char* kVolumeProtection = "kubernetes.io/pv-protection";

/// A part of all claims and volumes that is whole in itself (connected.h): the volume of every claim in it, the claim
/// of every volume in it, and for a claim that has no volume whatever it could get.
struct Observed {
  api::Refs<api::PersistentVolumeClaim> claims;
  api::Refs<api::PersistentVolume> volumes;
  api::Refs<api::StorageClass> classes;
  using Names = std::set<std::pair<std::string, std::string>>;  ///< (namespace, name) of claims
  Names in_use;                                                 ///< claims that a placed pod names
  Names consumed;                                               ///< claims that a pod names which has not ended
  std::set<std::string> busy;  ///< names of volumes that are being wiped or removed right now: nobody gets them
  std::map<std::string, WallTime> patience;  ///< until when a claim waits for a volume without a class; by its uid
  /// Every volume there is, to explain why none fits; `volumes` when it is not set.
  std::function<api::Refs<api::PersistentVolume>()> every_volume;
  WallTime now;
};

enum class EditType {
  kBindVolume,
  kBindClaim,
  kClaimStatus,  ///< phase, capacity and access modes of the status
  kLoseClaim,
  kOfferVolume,     ///< phase Available
  kReleaseVolume,   ///< after a fresh read found the claim gone
  kUnbindVolume,    ///< the claim was bound to another volume; the controller's claimRef goes
  kUnprotectClaim,  ///< after a fresh list found no pod that names the claim
  kUnprotectVolume,
  kAssignClass,   ///< the default class, of a claim that named none
  kMarkExternal,  ///< annotation for another provisioner
  kGrowVolume,    ///< capacity follows what its claim asks for
  kMakeAvailable,
  kFailVolume,
};

struct Edit {
  EditType type = EditType::kBindVolume;
  api::ObjectKey key;
  std::string uid;  ///< of the object as it was seen; the edit is for no other
  /// Edits the document as it is now; false when it is not what was seen any more and the edit does not apply.
  std::function<bool(api::Json&)> change;
  /// Of kReleaseVolume and kUnprotectClaim: the claim to read afresh.
  api::ObjectKey claim;
  std::string claim_uid;
  std::optional<events::Event> said;  ///< once it was applied
};

/// Edits in order; each only when the one before applied.
using Chain = std::vector<Edit>;

struct Provision {
  api::PersistentVolumeClaim claim;
  api::StorageClass storage_class;
};

struct Plan {
  std::vector<Chain> chains;  ///< independent of each other
  std::vector<events::Event> sayings;
  std::vector<Provision> provisions;
  api::Refs<api::PersistentVolume> reclaims;  ///< to be wiped or removed, after fresh reads (reclaim_order.h)
  /// Claims for which something falls due then, by namespace and name.
  std::map<std::pair<std::string, std::string>, Duration> look_again;
};

Plan MakePlan(const Observed& seen);

}  // namespace ordinal::controllers::claims

// Which claim gets which volume, what the phases of both are, and what is to be made and taken back. Pure: all claims,
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

#include "agent/api/volume.h"
#include "agent/controllers/recorder.h"

namespace ordinal::controllers::claims {

inline constexpr const char* kBindCompleted = "pv.kubernetes.io/bind-completed";
inline constexpr const char* kBoundByController = "pv.kubernetes.io/bound-by-controller";
inline constexpr const char* kProvisionedBy = "pv.kubernetes.io/provisioned-by";
inline constexpr const char* kStorageProvisioner = "volume.kubernetes.io/storage-provisioner";
inline constexpr const char* kClaimProtection = "kubernetes.io/pvc-protection";
inline constexpr const char* kVolumeProtection = "kubernetes.io/pv-protection";

struct Observed {
  std::vector<api::PersistentVolumeClaim> claims;
  std::vector<api::PersistentVolume> volumes;
  std::vector<api::StorageClass> classes;
  using Names = std::set<std::pair<std::string, std::string>>;  ///< (namespace, name) of claims
  Names in_use;                                                 ///< claims that a placed pod names
  Names consumed;                                               ///< claims that a pod names which has not ended
  std::set<std::string> busy;  ///< names of volumes that are being wiped or removed right now: nobody gets them
  std::map<std::string, WallTime> patience;  ///< until when a claim waits for a volume without a class; by its uid
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

struct Saying {
  api::Object about;
  Severity severity = Severity::kNormal;
  std::string reason, message;
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
  std::optional<Saying> said;  ///< once it was applied
};

/// Edits in order; each only when the one before applied.
using Chain = std::vector<Edit>;

struct Provision {
  api::PersistentVolumeClaim claim;
  api::StorageClass storage_class;
};

struct Plan {
  std::vector<Chain> chains;  ///< independent of each other
  std::vector<Saying> sayings;
  std::vector<Provision> provisions;
  std::vector<api::PersistentVolume> reclaims;  ///< to be wiped or removed, after fresh reads (reclaim_order.h)
  std::optional<Duration> look_again;           ///< something falls due by then
};

Plan MakePlan(const Observed& seen);

}  // namespace ordinal::controllers::claims

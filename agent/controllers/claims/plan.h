// Which claim gets which volume, and what the phases of both are. Pure: all claims and volumes in, edits out.
//
//   claim   Pending ──────────────────────────> Bound ──> Lost (its volume is gone)
//                 1. volume: claimRef   2. claim: volumeName
//   volume  Available ────────────────────────> Bound ──> Released (its claim is gone; data kept)
//
// The volume is written first: its claimRef with the claim's uid is the lock. A binding cut off between the two
// writes is completed by the next pass, because a volume that names the claim wins over every other.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/api/volume.h"
#include "agent/controllers/recorder.h"

namespace ordinal::controllers::claims {

inline constexpr const char* kBindCompleted = "pv.kubernetes.io/bind-completed";
inline constexpr const char* kBoundByController = "pv.kubernetes.io/bound-by-controller";
inline constexpr const char* kClaimProtection = "kubernetes.io/pvc-protection";
inline constexpr const char* kVolumeProtection = "kubernetes.io/pv-protection";

struct Observed {
  std::vector<api::PersistentVolumeClaim> claims;
  std::vector<api::PersistentVolume> volumes;
  /// Claims (namespace, name) that a pod names. Only those being deleted need to be looked for.
  std::set<std::pair<std::string, std::string>> in_use;
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
};

/// Edits in order; each only when the one before applied.
using Chain = std::vector<Edit>;

struct Saying {
  api::Object about;
  Severity severity = Severity::kNormal;
  std::string reason, message;
};

struct Plan {
  std::vector<Chain> chains;  ///< independent of each other
  std::vector<Saying> sayings;
};

Plan MakePlan(const Observed& seen);

}  // namespace ordinal::controllers::claims

#include "agent/controllers/claims/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "agent/controllers/claims/edits.h"
#include "agent/controllers/claims/match.h"
#include "agent/controllers/claims/provisioning.h"
#include "agent/controllers/claims/reclaim.h"

namespace ordinal::controllers::claims {
namespace {

using api::Meta;

bool Has(const Meta& meta, const char* finalizer) {
  return std::find(meta.finalizers.begin(), meta.finalizers.end(), finalizer) != meta.finalizers.end();
}

class Pass {
 public:
  explicit Pass(const Observed& seen) : seen_(seen) {
    for (const PersistentVolume& volume : seen.volumes) volumes_[volume.meta.name] = &volume;
    for (const PersistentVolumeClaim& claim : seen.claims) claims_[{claim.meta.ns, claim.meta.name}] = &claim;
  }

  Plan Run() {
    // The order decides who gets a volume that several want: the oldest claim, then by name.
    std::vector<const PersistentVolumeClaim*> order;
    for (const auto& [key, claim] : claims_) order.push_back(claim);
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
      return std::tie(a->meta.created, a->meta.name, a->meta.ns) < std::tie(b->meta.created, b->meta.name, b->meta.ns);
    });
    for (const PersistentVolumeClaim* claim : order) {
      if (claim->meta.annotations.contains(kBindCompleted)) {
        KeepBound(*claim);
      } else if (!claim->meta.deleting()) {
        Bind(*claim);
      }
      if (claim->meta.deleting()) Unprotect(*claim);
    }
    for (const auto& [name, volume] : volumes_) KeepVolume(*volume);
    return std::move(plan_);
  }

 private:
  void Add(Edit edit) { plan_.chains.push_back({std::move(edit)}); }
  void Say(const api::Object& about, events::Severity severity, std::string reason, std::string message) {
    plan_.sayings.push_back({about, severity, std::move(reason), std::move(message)});
  }

  const PersistentVolume* FindVolume(const std::string& name) const {
    const auto found = volumes_.find(name);
    return found == volumes_.end() ? nullptr : found->second;
  }

  void KeepBound(const PersistentVolumeClaim& claim) {
    const PersistentVolume* volume = FindVolume(claim.volume_name);
    if (volume != nullptr && (volume->claim_name.empty() || Names(*volume, claim))) {
      if (!BoundTo(*volume, claim)) {
        TakeVolume(*volume, claim);  // somebody took the claimRef away
      } else if (!StatusFollows(claim, *volume)) {
        Add(BindClaim(claim, *volume));
      } else if (claim.request > volume->capacity) {
        Grow(*volume, claim);
      }
      return;
    }
    if (claim.phase == "Lost") return;
    Add(LoseClaim(claim));
    if (volume == nullptr) {
      Say(claim.object, events::Severity::kWarning, "ClaimLost",
          fmt::format("Bound claim has lost its PersistentVolume {}; create it again with the same name and source to "
                      "get the data back",
                      claim.volume_name));
    } else {
      Say(claim.object, events::Severity::kWarning, "ClaimMisbound",
          fmt::format("PersistentVolume {} is bound to claim {}/{} instead", claim.volume_name, volume->claim_ns,
                      volume->claim_name));
    }
  }

  void Grow(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
    if (MayGrow(volume, seen_)) {
      Add(GrowVolume(volume, claim));
      return;
    }
    Say(claim.object, events::Severity::kWarning, "VolumeResizeFailed",
        fmt::format("PersistentVolume {} was made by hand and its storage class does not allow expansion: raise its "
                    "capacity by hand",
                    volume.meta.name));
  }

  void Bind(const PersistentVolumeClaim& claim) {
    const PersistentVolume* volume = claim.volume_name.empty() ? BestMatch(FreeFor(claim), claim) : Requested(claim);
    if (volume != nullptr) {
      TakeVolume(*volume, claim);
      return;
    }
    if (claim.phase != "Pending") Add(ClaimStatus(claim, "Pending"));
    if (claim.volume_name.empty()) Help(claim);
  }

  /// The volume spec.volumeName asks for, when the claim can have it.
  const PersistentVolume* Requested(const PersistentVolumeClaim& claim) {
    const PersistentVolume* volume = FindVolume(claim.volume_name);
    if (volume == nullptr) {
      Say(claim.object, events::Severity::kWarning, "FailedBinding",
          fmt::format("PersistentVolume {}, which spec.volumeName asks for, does not exist", claim.volume_name));
      return nullptr;
    }
    const bool reserved = Names(*volume, claim);
    const bool taken = taken_.contains(volume) || seen_.busy.contains(claim.volume_name);
    const Misfit misfit = taken ? Misfit::kTaken : reserved ? CompareReserved(*volume, claim) : Compare(*volume, claim);
    if (misfit == Misfit::kFits) return volume;
    Say(claim.object, events::Severity::kWarning, "VolumeMismatch",
        fmt::format("PersistentVolume {}, which spec.volumeName asks for, cannot be used: {}", claim.volume_name,
                    ExplainMisfits({*volume}, claim)));
    return nullptr;
  }

  /// What becomes of a claim that no volume fits.
  void Help(const PersistentVolumeClaim& claim) {
    const Remedy remedy = RemedyFor(claim, seen_);
    if (!remedy.reason.empty()) Say(claim.object, remedy.severity, remedy.reason, remedy.message);
    switch (remedy.type) {
      case Remedy::Type::kNone: break;
      case Remedy::Type::kWait: plan_.look_again[{claim.meta.ns, claim.meta.name}] = remedy.wait; break;
      case Remedy::Type::kAssignClass: Add(AssignClass(claim, remedy.storage_class->meta.name)); break;
      case Remedy::Type::kMarkExternal:
        if (!claim.meta.annotations.contains(kStorageProvisioner)) {
          Add(MarkExternal(claim, remedy.storage_class->provisioner));
        }
        break;
      case Remedy::Type::kProvision: plan_.provisions.push_back({claim, *remedy.storage_class}); break;
    }
  }

  /// Nothing but what was reserved for it, while the claim's class waits for a pod.
  std::vector<const PersistentVolume*> FreeFor(const PersistentVolumeClaim& claim) const {
    const bool waits = WaitsForConsumer(claim, seen_);
    std::vector<const PersistentVolume*> free;
    for (const auto& [name, volume] : volumes_) {
      if (taken_.contains(volume) || seen_.busy.contains(name)) continue;
      if (!waits || Names(*volume, claim)) free.push_back(volume);
    }
    return free;
  }

  void TakeVolume(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
    taken_.insert(&volume);
    plan_.chains.push_back({BindVolume(volume, claim, seen_.now), BindClaim(claim, volume)});
  }

  void Unprotect(const PersistentVolumeClaim& claim) {
    if (Has(claim.meta, kClaimProtection) && !seen_.in_use.contains({claim.meta.ns, claim.meta.name})) {
      Add(UnprotectClaim(claim));
    }
  }

  /// The claim that spec.claimRef names, by uid; null when it is gone.
  const PersistentVolumeClaim* OwnerOf(const PersistentVolume& volume) const {
    const auto found = claims_.find({volume.claim_ns, volume.claim_name});
    return found != claims_.end() && found->second->meta.uid == volume.claim_uid ? found->second : nullptr;
  }

  void KeepVolume(const PersistentVolume& volume) {
    if (taken_.contains(&volume)) return;
    const PersistentVolumeClaim* owner = OwnerOf(volume);
    // The data of a volume with policy Delete goes before its object, whoever deletes that.
    const bool doomed = owner == nullptr && ReclaimOf(volume) == Reclaim::kRemove;
    if (volume.meta.deleting() && Has(volume.meta, kVolumeProtection) && volume.phase != "Bound" && !doomed) {
      Add(UnprotectVolume(volume));
    } else if (volume.claim_uid.empty()) {
      // Free, or reserved for a claim that is not there yet.
      if (volume.phase != "Available" && !seen_.busy.contains(volume.meta.name)) Add(OfferVolume(volume, seen_.now));
    } else if (owner == nullptr) {
      Release(volume);
    } else if (owner->volume_name == volume.meta.name) {
      if (volume.phase != "Bound") Add(BindVolume(volume, *owner, seen_.now));
    } else if (!owner->volume_name.empty() && volume.meta.annotations.contains(kBoundByController)) {
      Add(UnbindVolume(volume, seen_.now));
    }
  }

  void Release(const PersistentVolume& volume) {
    const Reclaim reclaim = ReclaimOf(volume);
    if (reclaim == Reclaim::kWipe || reclaim == Reclaim::kRemove) {
      plan_.reclaims.push_back(volume);
    } else if (volume.phase != "Released") {
      Add(ReleaseVolume(volume, seen_.now));
    } else if (reclaim == Reclaim::kLeaveToProvisioner) {
      Say(volume.object, events::Severity::kNormal, "VolumeDelete",
          fmt::format("{} made this volume and is to remove it", volume.meta.annotations.at(kProvisionedBy)));
    }
  }

  const Observed& seen_;
  std::map<std::string, const PersistentVolume*> volumes_;
  std::map<std::pair<std::string, std::string>, const PersistentVolumeClaim*> claims_;
  std::set<const PersistentVolume*> taken_;
  Plan plan_;
};

}  // namespace

Plan MakePlan(const Observed& seen) { return Pass(seen).Run(); }

}  // namespace ordinal::controllers::claims

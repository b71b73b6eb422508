#include "agent/controllers/claims/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "agent/controllers/claims/edits.h"
#include "agent/controllers/claims/match.h"

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
  void Say(const api::Object& about, Severity severity, std::string reason, std::string message) {
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
      }
      return;
    }
    if (claim.phase == "Lost") return;
    Add(LoseClaim(claim));
    if (volume == nullptr) {
      Say(claim.object, Severity::kWarning, "ClaimLost",
          fmt::format("Bound claim has lost its PersistentVolume {}; create it again with the same name and source to "
                      "get the data back",
                      claim.volume_name));
    } else {
      Say(claim.object, Severity::kWarning, "ClaimMisbound",
          fmt::format("PersistentVolume {} is bound to claim {}/{} instead", claim.volume_name, volume->claim_ns,
                      volume->claim_name));
    }
  }

  void Bind(const PersistentVolumeClaim& claim) {
    const PersistentVolume* volume = claim.volume_name.empty() ? BestMatch(Free(), claim) : Requested(claim);
    if (volume != nullptr) {
      TakeVolume(*volume, claim);
      return;
    }
    if (claim.phase != "Pending") Add(ClaimStatus(claim, "Pending"));
    if (claim.volume_name.empty()) SayUnbound(claim);
  }

  /// The volume spec.volumeName asks for, when the claim can have it.
  const PersistentVolume* Requested(const PersistentVolumeClaim& claim) {
    const PersistentVolume* volume = FindVolume(claim.volume_name);
    if (volume == nullptr) {
      Say(claim.object, Severity::kWarning, "FailedBinding",
          fmt::format("PersistentVolume {}, which spec.volumeName asks for, does not exist", claim.volume_name));
      return nullptr;
    }
    const bool reserved = Names(*volume, claim);
    const Misfit misfit = taken_.contains(volume) ? Misfit::kTaken
                          : reserved              ? CompareReserved(*volume, claim)
                                                  : Compare(*volume, claim);
    if (misfit == Misfit::kFits) return volume;
    Say(claim.object, Severity::kWarning, "VolumeMismatch",
        fmt::format("PersistentVolume {}, which spec.volumeName asks for, cannot be used: {}", claim.volume_name,
                    ExplainMisfits({*volume}, claim)));
    return nullptr;
  }

  void SayUnbound(const PersistentVolumeClaim& claim) {
    const std::string why = ExplainMisfits(seen_.volumes, claim);
    if (claim.storage_class.value_or("").empty()) {
      Say(claim.object, Severity::kNormal, "FailedBinding",
          fmt::format("no persistent volume available for this claim: {}", why));
    } else {
      Say(claim.object, Severity::kWarning, "ProvisioningFailed",
          fmt::format("storage class {} has no provisioner here and no persistent volume fits: {}; create one",
                      *claim.storage_class, why));
    }
  }

  std::vector<const PersistentVolume*> Free() const {
    std::vector<const PersistentVolume*> free;
    for (const auto& [name, volume] : volumes_) {
      if (!taken_.contains(volume)) free.push_back(volume);
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

  void KeepVolume(const PersistentVolume& volume) {
    if (taken_.contains(&volume)) return;
    if (volume.meta.deleting() && Has(volume.meta, kVolumeProtection) && volume.phase != "Bound") {
      Add(UnprotectVolume(volume));
      return;
    }
    if (volume.claim_uid.empty()) {
      // Free, or reserved for a claim that is not there yet.
      if (volume.phase != "Available") Add(OfferVolume(volume, seen_.now));
      return;
    }
    const auto found = claims_.find({volume.claim_ns, volume.claim_name});
    if (found == claims_.end() || found->second->meta.uid != volume.claim_uid) {
      Release(volume);
      return;
    }
    const PersistentVolumeClaim& claim = *found->second;
    if (claim.volume_name == volume.meta.name) {
      if (volume.phase != "Bound") Add(BindVolume(volume, claim, seen_.now));
    } else if (!claim.volume_name.empty() && volume.meta.annotations.contains(kBoundByController)) {
      Add(UnbindVolume(volume, seen_.now));
    }
  }

  void Release(const PersistentVolume& volume) {
    if (volume.phase == "Released") return;
    Add(ReleaseVolume(volume, seen_.now));
    if (volume.reclaim_policy == "Retain") return;
    Say(volume.object, Severity::kWarning, "VolumeKept",
        fmt::format("reclaim policy {} is not carried out: the volume is Released and its data kept; remove the data "
                    "and the volume by hand",
                    volume.reclaim_policy));
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

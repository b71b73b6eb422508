#include "agent/controllers/claims/match.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace ordinal::controllers::claims {
namespace {

bool OffersModes(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  return std::all_of(claim.access_modes.begin(), claim.access_modes.end(), [&](const std::string& mode) {
    return std::find(volume.access_modes.begin(), volume.access_modes.end(), mode) != volume.access_modes.end();
  });
}

std::string_view Phrase(Misfit misfit) {
  switch (misfit) {
    case Misfit::kFits: return "fit";
    case Misfit::kTaken: return "belong to other claims";
    case Misfit::kLeaving: return "are being deleted";
    case Misfit::kTooSmall: return "are too small";
    case Misfit::kAccessModes: return "lack an access mode";
    case Misfit::kClass: return "are of another storage class";
    case Misfit::kVolumeMode: return "have another volume mode";
    case Misfit::kLabels: return "do not match the selector";
  }
  return "";
}

}  // namespace

bool Names(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  return !volume.claim_name.empty() && volume.claim_ns == claim.meta.ns && volume.claim_name == claim.meta.name &&
         (volume.claim_uid.empty() || volume.claim_uid == claim.meta.uid);
}

api::Json ReferenceTo(const PersistentVolumeClaim& claim) {
  return {{"kind", "PersistentVolumeClaim"}, {"apiVersion", "v1"},
          {"namespace", claim.meta.ns},      {"name", claim.meta.name},
          {"uid", claim.meta.uid},           {"resourceVersion", std::to_string(claim.meta.revision)}};
}

bool BoundTo(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  return Names(volume, claim) && !volume.claim_uid.empty();
}

Misfit CompareReserved(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  if (volume.meta.deleting()) return Misfit::kLeaving;
  if (volume.volume_mode != claim.volume_mode) return Misfit::kVolumeMode;
  if (!OffersModes(volume, claim)) return Misfit::kAccessModes;
  if (volume.capacity < claim.request) return Misfit::kTooSmall;
  return Misfit::kFits;
}

Misfit Compare(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  // A volume once bound keeps its claimRef after the claim is gone: it still holds that claim's data.
  if (!volume.claim_name.empty()) return Misfit::kTaken;
  if (const Misfit misfit = CompareReserved(volume, claim); misfit != Misfit::kFits) return misfit;
  if (volume.storage_class != claim.storage_class.value_or("")) return Misfit::kClass;
  if (!claim.selector.Matches(volume.meta.labels)) return Misfit::kLabels;
  return Misfit::kFits;
}

const PersistentVolume* BestMatch(const std::vector<const PersistentVolume*>& volumes,
                                  const PersistentVolumeClaim& claim) {
  const PersistentVolume* best = nullptr;
  for (const PersistentVolume* volume : volumes) {
    if (Names(*volume, claim) && CompareReserved(*volume, claim) == Misfit::kFits) return volume;
    if (Compare(*volume, claim) != Misfit::kFits) continue;
    if (best == nullptr || std::tie(volume->capacity, volume->meta.name) < std::tie(best->capacity, best->meta.name)) {
      best = volume;
    }
  }
  return best;
}

std::string ExplainMisfits(const api::Refs<PersistentVolume>& volumes, const PersistentVolumeClaim& claim) {
  if (volumes.empty()) return "there are no persistent volumes";
  std::map<Misfit, int> counts;
  for (const PersistentVolume& volume : volumes) ++counts[Compare(volume, claim)];
  std::string text = fmt::format("of {} persistent volumes", volumes.size());
  const char* separator = " ";
  for (const auto& [misfit, count] : counts) {
    text += fmt::format("{}{} {}", separator, count, Phrase(misfit));
    separator = ", ";
  }
  return text;
}

}  // namespace ordinal::controllers::claims

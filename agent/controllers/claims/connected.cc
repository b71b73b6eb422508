#include "agent/controllers/claims/connected.h"

#include <vector>

#include "agent/objects/indexes.h"

namespace ordinal::controllers::claims {
namespace {

using api::PersistentVolume;
using api::PersistentVolumeClaim;

// Keys of the indexes, one letter for what they say.
std::string OfVolume(const std::string& volume) { return "v " + volume; }  // claims with that spec.volumeName
std::string Pending(const std::string& storage_class) { return "p " + storage_class; }  // claims that name no volume
std::string OfClass(const std::string& storage_class) { return "c " + storage_class; }
std::string OfUid(const std::string& uid) { return "u " + uid; }
std::string OfClaim(const std::string& ns, const std::string& name) { return "r " + ns + "/" + name; }  // by claimRef
std::string Free(const std::string& storage_class) { return "f " + storage_class; }  // volumes without a claimRef

/// As volumes are compared with claims (match.h): none is "".
std::string ClassOf(const PersistentVolumeClaim& claim) { return claim.storage_class.value_or(""); }

std::vector<std::string> ClaimKeys(const PersistentVolumeClaim& claim) {
  return {OfUid(claim.meta.uid), OfClass(ClassOf(claim)),
          claim.volume_name.empty() ? Pending(ClassOf(claim)) : OfVolume(claim.volume_name)};
}

std::vector<std::string> VolumeKeys(const PersistentVolume& volume) {
  return {OfClass(volume.storage_class),
          volume.claim_name.empty() ? Free(volume.storage_class) : OfClaim(volume.claim_ns, volume.claim_name)};
}

ClaimName NameOf(const PersistentVolumeClaim& claim) { return {claim.meta.ns, claim.meta.name}; }

std::set<ClaimName> Under(const objects::Index<PersistentVolumeClaim>& index, const std::string& key) {
  std::set<ClaimName> names;
  index.ForEach(key, [&](const PersistentVolumeClaim& claim) { names.insert(NameOf(claim)); });
  return names;
}

}  // namespace

void Changed::Add(const Changed& more) {
  claims.insert(more.claims.begin(), more.claims.end());
  volumes.insert(more.volumes.begin(), more.volumes.end());
}

/// From what changed to all that hangs on it.
class Connected::Walk {
 public:
  Walk(const Connected& world, Observed& seen) : world_(world), seen_(seen) {}

  void From(const Changed& changed) {
    for (const ClaimName& claim : changed.claims) Reach(claim);
    for (const std::string& volume : changed.volumes) {
      Reach(volume);
      const api::Ref<Volume> found = world_.volumes_.Find("", volume);
      // A volume that somebody can have now. Others that are free were offered when they became it.
      if (found && found->claim_name.empty()) ReachClaims(Pending(found->storage_class));
    }
    while (!claims_due_.empty() || !volumes_due_.empty()) {
      for (const ClaimName& claim : std::exchange(claims_due_, {})) SeeClaim(claim);
      for (const std::string& volume : std::exchange(volumes_due_, {})) SeeVolume(volume);
    }
  }

 private:
  void Reach(const ClaimName& claim) {
    if (claims_.insert(claim).second) claims_due_.push_back(claim);
  }
  void Reach(const std::string& volume) {
    if (volumes_.insert(volume).second) volumes_due_.push_back(volume);
  }
  void ReachClaims(const std::string& key) {
    world_.claims_by_link_.ForEach(key, [&](const Claim& claim) { Reach(NameOf(claim)); });
  }
  void ReachVolumes(const std::string& key) {
    world_.volumes_by_link_.ForEach(key, [&](const Volume& volume) { Reach(volume.meta.name); });
  }

  void SeeClaim(const ClaimName& name) {
    ReachVolumes(OfClaim(name.first, name.second));
    const api::Ref<Claim> claim = world_.claims_.Find(name.first, name.second);
    if (!claim) return;
    seen_.claims.push_back(claim);
    if (claim->volume_name.empty()) {
      ReachVolumes(Free(ClassOf(*claim)));
    } else {
      Reach(claim->volume_name);
    }
  }

  void SeeVolume(const std::string& name) {
    ReachClaims(OfVolume(name));
    const api::Ref<Volume> volume = world_.volumes_.Find("", name);
    if (!volume) return;
    seen_.volumes.push_back(volume);
    if (!volume->claim_name.empty()) Reach(ClaimName(volume->claim_ns, volume->claim_name));
  }

  const Connected& world_;
  Observed& seen_;
  std::set<ClaimName> claims_;
  std::set<std::string> volumes_;
  std::vector<ClaimName> claims_due_;
  std::vector<std::string> volumes_due_;
};

Connected::Connected(objects::Caches& caches)
    : claims_(caches.Of<Claim>()),
      volumes_(caches.Of<Volume>()),
      claims_by_link_(claims_.IndexBy("link", ClaimKeys)),
      volumes_by_link_(volumes_.IndexBy("link", VolumeKeys)),
      pods_by_claim_(objects::ByClaim(caches.Of<api::Pod>())) {}

void Connected::Gather(const Changed& changed, Observed& seen) const {
  Walk(*this, seen).From(changed);
  seen.every_volume = [this] {
    api::Refs<Volume> all;
    volumes_.ForEach("", [&](const api::Ref<Volume>& volume) { all.push_back(volume); });
    return all;
  };
  SeePods(seen);
}

void Connected::SeePods(Observed& seen) const {
  for (const Claim& claim : seen.claims) {
    pods_by_claim_.ForEach(objects::ClaimKey(claim.meta.ns, claim.meta.name), [&](const api::Pod& pod) {
      // A pod without a node holds no claim: it is not started on one that is being deleted (the reference's rule).
      if (!pod.spec.node_name.empty()) seen.in_use.insert(NameOf(claim));
      if (!pod.Terminal()) seen.consumed.insert(NameOf(claim));
    });
  }
}

std::set<ClaimName> Connected::ClaimsOfClass(const std::string& storage_class) const {
  std::set<ClaimName> names = Under(claims_by_link_, OfClass(storage_class));
  names.merge(Under(claims_by_link_, Pending("")));  // they may get it as the default class
  // Whether a claim may grow is its volume's class to say, which a volume made by hand has of its own.
  volumes_by_link_.ForEach(OfClass(storage_class), [&](const Volume& volume) {
    if (!volume.claim_name.empty()) names.insert({volume.claim_ns, volume.claim_name});
  });
  return names;
}

std::set<ClaimName> Connected::ClaimWithUid(const std::string& uid) const { return Under(claims_by_link_, OfUid(uid)); }

}  // namespace ordinal::controllers::claims

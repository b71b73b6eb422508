#include "agent/controllers/claims/edits.h"

#include <fmt/format.h>

#include "agent/controllers/claims/match.h"
#include "agent/controllers/claims/reclaim.h"

namespace ordinal::controllers::claims {
namespace {

using api::Json;
using api::ObjectKey;

ObjectKey KeyOf(const PersistentVolume& volume) { return {"PersistentVolume", "", volume.meta.name}; }
ObjectKey KeyOf(const PersistentVolumeClaim& claim) {
  return {"PersistentVolumeClaim", claim.meta.ns, claim.meta.name};
}

Edit Make(EditType type, const PersistentVolume& volume, std::function<bool(Json&)> change) {
  return Edit{type, KeyOf(volume), volume.meta.uid, std::move(change), {}, {}, {}};
}
Edit Make(EditType type, const PersistentVolumeClaim& claim, std::function<bool(Json&)> change) {
  return Edit{type, KeyOf(claim), claim.meta.uid, std::move(change), {}, {}, {}};
}

void SetVolumePhase(Json& body, const char* phase, WallTime now) {
  Json& status = body["status"];
  if (!status.is_object()) status = Json::object();
  status.erase("reason");
  status.erase("message");
  if (api::ReadString(status, "phase") == phase) return;
  status["phase"] = phase;
  status["lastPhaseTransitionTime"] = FormatTime(now);
}

/// The claimRef goes, and what says who wrote it.
void ForgetClaim(Json& body, WallTime now) {
  body["spec"].erase("claimRef");
  Json& metadata = body["metadata"];
  if (metadata.contains("annotations")) metadata["annotations"].erase(kBoundByController);
  SetVolumePhase(body, "Available", now);
}

bool RemoveFinalizer(Json& body, const char* finalizer) {
  Json kept = Json::array();
  for (const std::string& name : api::ReadStrings(api::Member(body, "metadata"), "finalizers")) {
    if (name != finalizer) kept.push_back(name);
  }
  body["metadata"]["finalizers"] = kept;
  if (kept.empty()) body["metadata"].erase("finalizers");
  return true;
}

/// The claimRef still says what it said when the plan was made.
bool SameClaimRef(const Json& body, const std::string& claim_uid) {
  return api::ReadString(api::Member(api::Member(body, "spec"), "claimRef"), "uid") == claim_uid;
}

void FollowVolume(Json& status, const Json& volume_spec) {
  status["phase"] = "Bound";
  status["accessModes"] = api::Member(volume_spec, "accessModes");
  status["capacity"] = api::Member(volume_spec, "capacity");
}

const Json& Spec(const api::Object& object) { return api::Member(object.body(), "spec"); }

}  // namespace

Edit BindVolume(const PersistentVolume& volume, const PersistentVolumeClaim& claim, WallTime now) {
  const ObjectKey key = KeyOf(claim);
  return Make(EditType::kBindVolume, volume,
              [key, uid = claim.meta.uid, claim_ref = ReferenceTo(claim), now](Json& body) {
                if (api::Deleting(body)) return false;
                Json& reference = body["spec"]["claimRef"];
                const bool free = api::ReadString(reference, "name").empty();
                if (!free) {
                  const std::string named = api::ReadString(reference, "uid");
                  if (api::ReadString(reference, "namespace") != key.ns ||
                      api::ReadString(reference, "name") != key.name || (!named.empty() && named != uid)) {
                    return false;
                  }
                  if (named == uid) {
                    SetVolumePhase(body, "Bound", now);
                    return true;
                  }
                }
                reference = claim_ref;
                if (free) body["metadata"]["annotations"][kBoundByController] = "yes";
                SetVolumePhase(body, "Bound", now);
                return true;
              });
}

Edit BindClaim(const PersistentVolumeClaim& claim, const PersistentVolume& volume) {
  return Make(EditType::kBindClaim, claim,
              [name = volume.meta.name, spec = Spec(volume.object), provisioner = ProvisionerOf(volume)](Json& body) {
                const std::string named = api::ReadString(api::Member(body, "spec"), "volumeName");
                if (!named.empty() && named != name) return false;
                Json& annotations = body["metadata"]["annotations"];
                if (named.empty()) {
                  body["spec"]["volumeName"] = name;
                  annotations[kBoundByController] = "yes";
                }
                annotations[kBindCompleted] = "yes";
                if (!provisioner.empty()) annotations[kStorageProvisioner] = provisioner;
                FollowVolume(body["status"], spec);
                return true;
              });
}

Edit ClaimStatus(const PersistentVolumeClaim& claim, const std::string& phase) {
  return Make(EditType::kClaimStatus, claim, [phase](Json& body) {
    body["status"]["phase"] = phase;
    return true;
  });
}

Edit LoseClaim(const PersistentVolumeClaim& claim) {
  return Make(EditType::kLoseClaim, claim, [](Json& body) {
    Json& status = body["status"];
    status["phase"] = "Lost";
    status.erase("accessModes");
    status.erase("capacity");
    return true;
  });
}

Edit OfferVolume(const PersistentVolume& volume, WallTime now) {
  return Make(EditType::kOfferVolume, volume, [now, uid = volume.claim_uid](Json& body) {
    if (!SameClaimRef(body, uid)) return false;
    SetVolumePhase(body, "Available", now);
    return true;
  });
}

Edit ReleaseVolume(const PersistentVolume& volume, WallTime now) {
  Edit edit = Make(EditType::kReleaseVolume, volume, [now, uid = volume.claim_uid](Json& body) {
    if (!SameClaimRef(body, uid)) return false;
    SetVolumePhase(body, "Released", now);
    return true;
  });
  edit.claim = ObjectKey{"PersistentVolumeClaim", volume.claim_ns, volume.claim_name};
  edit.claim_uid = volume.claim_uid;
  return edit;
}

Edit UnbindVolume(const PersistentVolume& volume, WallTime now) {
  return Make(EditType::kUnbindVolume, volume, [now, uid = volume.claim_uid](Json& body) {
    if (!SameClaimRef(body, uid)) return false;
    ForgetClaim(body, now);
    return true;
  });
}

Edit UnprotectClaim(const PersistentVolumeClaim& claim) {
  Edit edit = Make(EditType::kUnprotectClaim, claim,
                   [](Json& body) { return api::Deleting(body) && RemoveFinalizer(body, kClaimProtection); });
  edit.claim = KeyOf(claim);
  edit.claim_uid = claim.meta.uid;
  return edit;
}

Edit UnprotectVolume(const PersistentVolume& volume) {
  return Make(EditType::kUnprotectVolume, volume, [uid = volume.claim_uid](Json& body) {
    return api::Deleting(body) && SameClaimRef(body, uid) && RemoveFinalizer(body, kVolumeProtection);
  });
}

Edit AssignClass(const PersistentVolumeClaim& claim, const std::string& storage_class) {
  Edit edit = Make(EditType::kAssignClass, claim, [storage_class](Json& body) {
    Json& spec = body["spec"];
    if (spec.contains("storageClassName") || !api::ReadString(spec, "volumeName").empty()) return false;
    spec["storageClassName"] = storage_class;
    return true;
  });
  edit.said =
      events::Event{claim.object, events::Severity::kNormal, "DefaultStorageClass",
                    fmt::format("no volume without a class fits: the default storage class {} is used; a claim that "
                                "is to wait for one has storageClassName \"\"",
                                storage_class)};
  return edit;
}

Edit MarkExternal(const PersistentVolumeClaim& claim, const std::string& provisioner) {
  return Make(EditType::kMarkExternal, claim, [provisioner](Json& body) {
    body["metadata"]["annotations"][kStorageProvisioner] = provisioner;
    return true;
  });
}

Edit GrowVolume(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  const Json& requests = api::Member(api::Member(Spec(claim.object), "resources"), "requests");
  const std::string size = api::ReadString(requests, "storage");
  Edit edit = Make(EditType::kGrowVolume, volume, [uid = claim.meta.uid, size](Json& body) {
    if (!SameClaimRef(body, uid)) return false;
    body["spec"]["capacity"]["storage"] = size;
    return true;
  });
  edit.said = events::Event{claim.object, events::Severity::kNormal, "VolumeResizeSuccessful",
                            fmt::format("volume {} holds {} now", volume.meta.name, size)};
  return edit;
}

Edit MakeAvailable(const PersistentVolume& volume, WallTime now) {
  return Make(EditType::kMakeAvailable, volume, [now, uid = volume.claim_uid](Json& body) {
    const Json& spec = api::Member(body, "spec");
    if (!SameClaimRef(body, uid) || api::ReadString(spec, "persistentVolumeReclaimPolicy") != "Recycle") return false;
    ForgetClaim(body, now);
    return true;
  });
}

Edit FailVolume(const PersistentVolume& volume, const std::string& reason, const std::string& message, WallTime now) {
  return Make(EditType::kFailVolume, volume, [now, uid = volume.claim_uid, reason, message](Json& body) {
    if (!SameClaimRef(body, uid)) return false;
    SetVolumePhase(body, "Failed", now);
    body["status"]["reason"] = reason;
    body["status"]["message"] = message;
    return true;
  });
}

Edit LetGo(const PersistentVolume& volume) {
  return Make(EditType::kUnprotectVolume, volume, [uid = volume.claim_uid](Json& body) {
    return SameClaimRef(body, uid) && RemoveFinalizer(body, kVolumeProtection);
  });
}

bool StatusFollows(const PersistentVolumeClaim& claim, const PersistentVolume& volume) {
  const Json& status = api::Member(claim.object.body(), "status");
  Json followed = status;
  FollowVolume(followed, Spec(volume.object));
  return followed == status;
}

}  // namespace ordinal::controllers::claims

#include "agent/controllers/claims/provisioning.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/controllers/claims/classes.h"
#include "agent/controllers/claims/match.h"
#include "agent/controllers/claims/patience.h"
#include "agent/controllers/claims/reclaim.h"

namespace ordinal::controllers::claims {
namespace {

using api::Json;
using api::StorageClass;

Remedy Say(events::Severity severity, std::string reason, std::string message) {
  Remedy remedy;
  remedy.severity = severity;
  remedy.reason = std::move(reason);
  remedy.message = std::move(message);
  return remedy;
}

api::Refs<PersistentVolume> EveryVolume(const Observed& seen) {
  return seen.every_volume ? seen.every_volume() : seen.volumes;
}

Remedy NothingFits(const PersistentVolumeClaim& claim, const Observed& seen) {
  return Say(
      events::Severity::kNormal, "FailedBinding",
      fmt::format("no persistent volume available for this claim: {}", ExplainMisfits(EveryVolume(seen), claim)));
}

Remedy ByDefault(const PersistentVolumeClaim& claim, const Observed& seen) {
  Remedy remedy;
  remedy.storage_class = DefaultClass(seen.classes);
  if (remedy.storage_class == nullptr) return NothingFits(claim, seen);
  const auto patience = seen.patience.find(claim.meta.uid);
  WallTime due = patience == seen.patience.end() ? seen.now : patience->second;
  if (due - seen.now > kClassPatience) due = seen.now;  // the clock was set back since: nobody waits for that hour
  remedy.type = seen.now < due ? Remedy::Type::kWait : Remedy::Type::kAssignClass;
  remedy.wait = due - seen.now;
  return remedy;
}

/// The volume of an earlier claim of this name, when its directory is about to go. That is worth waiting for: the
/// directory of a claim bears its name.
const PersistentVolume* Leaving(const PersistentVolumeClaim& claim, const Observed& seen) {
  const auto found = std::find_if(seen.volumes.begin(), seen.volumes.end(), [&](const PersistentVolume& volume) {
    return volume.claim_ns == claim.meta.ns && volume.claim_name == claim.meta.name &&
           volume.claim_uid != claim.meta.uid && volume.phase != "Failed" && !volume.meta.deleting() &&
           MadeHere(volume) && volume.reclaim_policy == "Delete";
  });
  return found == seen.volumes.end() ? nullptr : found->get();
}

std::string Joined(const api::StringMap& map) {
  std::string names;
  for (const auto& [name, value] : map) names += (names.empty() ? "" : ", ") + name;
  return names;
}

}  // namespace

bool WaitsForConsumer(const PersistentVolumeClaim& claim, const Observed& seen) {
  if (!claim.storage_class) return false;
  const StorageClass* found = FindClass(seen.classes, *claim.storage_class);
  return found != nullptr && found->waits_for_consumer && !seen.consumed.contains({claim.meta.ns, claim.meta.name});
}

Remedy RemedyFor(const PersistentVolumeClaim& claim, const Observed& seen) {
  if (!claim.storage_class) return ByDefault(claim, seen);
  if (claim.storage_class->empty()) return NothingFits(claim, seen);
  const StorageClass* found = FindClass(seen.classes, *claim.storage_class);
  if (found == nullptr) {
    return Say(events::Severity::kWarning, "ProvisioningFailed",
               fmt::format("storageclass.storage.k8s.io \"{}\" not found: create it, or a volume of that class; {}",
                           *claim.storage_class, ExplainMisfits(EveryVolume(seen), claim)));
  }
  if (WaitsForConsumer(claim, seen)) {
    return Say(events::Severity::kNormal, "WaitForFirstConsumer",
               "waiting for first consumer to be created before binding");
  }
  if (found->provisioner == kNoProvisioner) return NothingFits(claim, seen);
  Remedy remedy;
  if (found->provisioner != kNodeProvisioner) {
    remedy = Say(events::Severity::kNormal, "ExternalProvisioning",
                 fmt::format("waiting for a volume to be created either by the external provisioner '{}' or by hand; "
                             "this node provisions only for '{}'",
                             found->provisioner, kNodeProvisioner));
    remedy.type = Remedy::Type::kMarkExternal;
    remedy.storage_class = found;
    return remedy;
  }
  const std::string obstacle = ProvisioningObstacle(claim, *found);
  if (!obstacle.empty()) return Say(events::Severity::kWarning, "ProvisioningFailed", obstacle);
  if (const PersistentVolume* leaving = Leaving(claim, seen); leaving != nullptr) {
    return Say(events::Severity::kNormal, "Provisioning",
               fmt::format("waiting until volume {} of an earlier claim of this name is removed", leaving->meta.name));
  }
  remedy.type = Remedy::Type::kProvision;
  remedy.storage_class = found;
  return remedy;
}

std::string ProvisioningObstacle(const PersistentVolumeClaim& claim, const StorageClass& storage_class) {
  const std::string& name = storage_class.meta.name;
  if (!storage_class.parameters.empty()) {
    return fmt::format("storage class {} has parameters that {} does not know: {}; make a class without them", name,
                       kNodeProvisioner, Joined(storage_class.parameters));
  }
  if (!storage_class.mount_options.empty() || storage_class.topologies) {
    return fmt::format("storage class {}: {} knows neither mountOptions nor allowedTopologies; make a class without",
                       name, kNodeProvisioner);
  }
  const Json& spec = api::Member(claim.object.body(), "spec");
  if (claim.volume_mode != "Filesystem") return "volumeMode Block cannot be provisioned here: ask for Filesystem";
  if (!api::Member(spec, "selector").empty()) return "a claim with a selector cannot be provisioned: remove it";
  if (!api::Member(spec, "dataSource").empty() || !api::Member(spec, "dataSourceRef").empty()) {
    return "a claim with a dataSource cannot be provisioned here: remove it and copy the data by hand";
  }
  return {};
}

std::string ProvisionedName(const PersistentVolumeClaim& claim) { return "pvc-" + claim.meta.uid; }

Json ProvisionedVolume(const PersistentVolumeClaim& claim, const StorageClass& storage_class,
                       const std::string& node_name, const std::string& path) {
  const Json& claim_spec = api::Member(claim.object.body(), "spec");
  Json body = {{"apiVersion", "v1"}, {"kind", "PersistentVolume"}};
  body["metadata"]["name"] = ProvisionedName(claim);
  body["metadata"]["annotations"][kProvisionedBy] = kNodeProvisioner;
  body["metadata"]["annotations"][kBoundByController] = "yes";
  Json& spec = body["spec"];
  spec["capacity"]["storage"] = claim_spec.at("resources").at("requests").at("storage");
  spec["accessModes"] = claim_spec.at("accessModes");
  spec["volumeMode"] = claim.volume_mode;
  spec["persistentVolumeReclaimPolicy"] = storage_class.reclaim_policy;
  spec["storageClassName"] = storage_class.meta.name;
  spec["local"]["path"] = path;
  Json on_this_node = {{"key", "kubernetes.io/hostname"}, {"operator", "In"}, {"values", Json::array({node_name})}};
  Json term = Json::object();
  term["matchExpressions"] = Json::array({std::move(on_this_node)});
  spec["nodeAffinity"]["required"]["nodeSelectorTerms"] = Json::array({std::move(term)});
  spec["claimRef"] = ReferenceTo(claim);
  return body;
}

bool MayGrow(const PersistentVolume& volume, const Observed& seen) {
  if (MadeHere(volume)) return true;
  const StorageClass* found = FindClass(seen.classes, volume.storage_class);
  return found != nullptr && found->allows_expansion;
}

}  // namespace ordinal::controllers::claims

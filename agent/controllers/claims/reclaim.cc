#include "agent/controllers/claims/reclaim.h"

#include <algorithm>
#include <map>

#include "agent/api/kinds/pod/claims.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/read.h"
#include "agent/controllers/claims/classes.h"
#include "agent/controllers/claims/plan.h"

namespace ordinal::controllers::claims {
namespace {

using api::Json;
using api::PersistentVolume;

/// When the pod got its node, as far as that was written down.
std::optional<WallTime> Placed(const Json& pod) {
  for (const Json& condition : api::Items(api::Member(pod, "status"), "conditions")) {
    if (api::ReadString(condition, "type") == "PodScheduled" && api::ReadString(condition, "status") == "True") {
      return api::ReadTime(condition, "lastTransitionTime");
    }
  }
  return api::ReadTime(api::Member(pod, "metadata"), "creationTimestamp");
}

}  // namespace

std::string ProvisionerOf(const PersistentVolume& volume) {
  const auto found = volume.meta.annotations.find(kProvisionedBy);
  return found == volume.meta.annotations.end() ? "" : found->second;
}

bool MadeHere(const PersistentVolume& volume) { return ProvisionerOf(volume) == kNodeProvisioner; }

Reclaim ReclaimOf(const PersistentVolume& volume) {
  const bool failed = volume.phase == "Failed";
  if (volume.claim_uid.empty() || (volume.phase != "Released" && !failed)) return Reclaim::kKeep;
  if (volume.reclaim_policy == "Recycle") return volume.meta.deleting() ? Reclaim::kKeep : Reclaim::kWipe;
  if (volume.reclaim_policy != "Delete" || (failed && volume.meta.deleting())) return Reclaim::kKeep;
  const std::string provisioner = ProvisionerOf(volume);
  return provisioner.empty() || provisioner == kNodeProvisioner ? Reclaim::kRemove : Reclaim::kLeaveToProvisioner;
}

std::vector<std::string> UsersOf(const PersistentVolume& volume, std::optional<WallTime> successor,
                                 const std::vector<api::Object>& pods, const std::vector<RunningPod>& running) {
  std::map<std::string, std::string> alive;  // uid → name
  for (const RunningPod& pod : running) {
    if (pod.ns == volume.claim_ns) alive[pod.uid] = pod.name;
  }
  std::vector<std::string> users;
  for (const api::Object& pod : pods) {
    const bool runs = alive.erase(pod.uid()) > 0;
    if (!api::NamesClaim(pod, volume.claim_name)) continue;
    const Json& body = pod.body();
    if (api::NodeOf(body).empty() || (!runs && api::Ended(body))) continue;
    if (successor && Placed(body) >= successor) continue;
    users.push_back(pod.name());
  }
  for (const auto& [uid, name] : alive) users.push_back(name + " (uid " + uid + ", deleted)");
  return users;
}

}  // namespace ordinal::controllers::claims

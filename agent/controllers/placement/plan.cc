#include "agent/controllers/placement/plan.h"

#include <fmt/format.h>

#include "agent/api/kinds/pod/claims.h"
#include "agent/api/kinds/pod/status_merge.h"

namespace ordinal::controllers::placement {
namespace {

using api::Json;

constexpr char kNominated[] = "nominatedNodeName";

/// What keeps the claim from being used; empty when nothing does.
std::string Obstacle(const api::Ref<api::PersistentVolumeClaim>& claim, const std::string& name) {
  if (!claim) return fmt::format("persistentvolumeclaim \"{}\" not found", name);
  if (claim->meta.deleting()) {
    return fmt::format("persistentvolumeclaim \"{}\" is being deleted", name);
  }
  if (claim->phase == "Lost")
    return fmt::format("persistentvolumeclaim \"{}\" bound to non-existent persistentvolume", name);
  if (claim->phase != "Bound") {
    return fmt::format("pod has unbound immediate PersistentVolumeClaims: \"{}\" is not bound to a volume", name);
  }
  return {};
}

/// Sets the condition; false when that changes nothing.
bool SetCondition(Json& pod, const char* type, Json wanted, WallTime now) {
  wanted["type"] = type;
  wanted["lastProbeTime"] = nullptr;
  wanted["lastTransitionTime"] = FormatTime(now);
  api::ObserveGeneration(pod, wanted);
  const Json said{{"conditions", Json::array({std::move(wanted)})}};
  Json merged = api::MergedStatus(api::StatusBy::kPlacement, said, api::Member(pod, "status"));
  if (merged == api::Member(pod, "status")) return false;
  pod["status"] = std::move(merged);
  return true;
}

}  // namespace

Decision Place(const api::Pod& pod, const FindClaim& find_claim) {
  if (!pod.spec.node_name.empty() || pod.Terminal() || pod.deleting()) return {};
  for (const std::string& name : api::ClaimsOf(pod.object.body())) {
    std::string obstacle = Obstacle(find_claim(pod.meta.ns, name), name);
    if (!obstacle.empty()) return {Decision::Type::kWait, std::move(obstacle)};
  }
  return {Decision::Type::kBind, ""};
}

bool ApplyWait(Json& pod, const std::string& message, WallTime now) {
  if (!api::NodeOf(pod).empty()) return false;
  return SetCondition(pod, "PodScheduled", Json{{"status", "False"}, {"reason", "Unschedulable"}, {"message", message}},
                      now);
}

bool ApplyNomination(Json& pod, const std::string& node) {
  if (!api::NodeOf(pod).empty()) return false;
  Json& status = pod["status"];
  if (api::ReadString(status, kNominated) == node) return false;
  if (node.empty()) {
    status.erase(kNominated);
  } else {
    status[kNominated] = node;
  }
  return true;
}

bool ApplyPreempted(Json& pod, WallTime now) {
  if (api::Ended(pod)) return false;
  return SetCondition(pod, "DisruptionTarget",
                      Json{{"status", "True"},
                           {"reason", "PreemptionByScheduler"},
                           {"message", "default-scheduler: preempting to accommodate a higher priority pod"}},
                      now);
}

}  // namespace ordinal::controllers::placement

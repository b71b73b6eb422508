#include "agent/controllers/placement/plan.h"

#include <fmt/format.h>

#include "agent/api/pod_claims.h"

namespace ordinal::controllers::placement {
namespace {

using api::Json;

constexpr const char* kScheduled = "PodScheduled";

/// What keeps the claim from being used; empty when nothing does.
std::string Obstacle(const api::Object* claim, const std::string& name) {
  if (claim == nullptr) return fmt::format("persistentvolumeclaim \"{}\" not found", name);
  if (api::Deleting(claim->body())) {
    return fmt::format("persistentvolumeclaim \"{}\" is being deleted", name);
  }
  const std::string phase = api::ReadString(api::Member(claim->body(), "status"), "phase");
  if (phase == "Lost") return fmt::format("persistentvolumeclaim \"{}\" bound to non-existent persistentvolume", name);
  if (phase != "Bound") {
    return fmt::format("pod has unbound immediate PersistentVolumeClaims: \"{}\" is not bound to a volume", name);
  }
  return {};
}

Json* FindCondition(Json& pod) {
  Json& conditions = pod["status"]["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  for (Json& condition : conditions) {
    if (api::ReadString(condition, "type") == kScheduled) return &condition;
  }
  return nullptr;
}

/// Sets the condition; lastTransitionTime moves only when the status does.
bool SetCondition(Json& pod, Json wanted, WallTime now) {
  wanted["type"] = kScheduled;
  wanted["lastProbeTime"] = nullptr;
  wanted["lastTransitionTime"] = FormatTime(now);
  Json* have = FindCondition(pod);
  if (have == nullptr) {
    pod["status"]["conditions"].push_back(std::move(wanted));
    return true;
  }
  if (api::ReadString(*have, "status") == wanted["status"] && have->contains("lastTransitionTime")) {
    wanted["lastTransitionTime"] = (*have)["lastTransitionTime"];
  }
  if (*have == wanted) return false;
  *have = std::move(wanted);
  return true;
}

}  // namespace

Decision Place(const api::Object& pod, const FindClaim& find_claim) {
  const Json& body = pod.body();
  if (!api::NodeOf(body).empty() || api::Ended(body) || api::Deleting(body)) return {};
  for (const std::string& name : api::ClaimsOf(body)) {
    std::string obstacle = Obstacle(find_claim(pod.ns(), name), name);
    if (!obstacle.empty()) return {Decision::Type::kWait, std::move(obstacle)};
  }
  return {Decision::Type::kBind, ""};
}

bool ApplyBind(Json& pod, const std::string& node_name, WallTime now) {
  if (!api::NodeOf(pod).empty() || api::Deleting(pod)) return false;
  pod["spec"]["nodeName"] = node_name;
  SetCondition(pod, Json{{"status", "True"}}, now);
  return true;
}

bool ApplyWait(Json& pod, const std::string& message, WallTime now) {
  if (!api::NodeOf(pod).empty()) return false;
  return SetCondition(pod, Json{{"status", "False"}, {"reason", "Unschedulable"}, {"message", message}}, now);
}

}  // namespace ordinal::controllers::placement

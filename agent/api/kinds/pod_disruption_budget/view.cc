#include "agent/api/kinds/pod_disruption_budget/view.h"

#include <utility>

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr char kDisruptionAllowed[] = "DisruptionAllowed";

/// The time of the last transition changes with the condition's status only.
void SetDisruptionAllowed(bool allowed, const char* reason, std::string message, WallTime now, Json& status) {
  Json condition{{"type", kDisruptionAllowed},
                 {"status", allowed ? "True" : "False"},
                 {"reason", reason},
                 {"message", std::move(message)},
                 {"observedGeneration", ReadInt(status, "observedGeneration")},
                 {"lastTransitionTime", FormatTime(now)}};
  Json kept = Json::array();
  for (const Json& each : Items(status, "conditions")) {
    if (ReadString(each, "type") != kDisruptionAllowed) {
      kept.push_back(each);
    } else if (Member(each, "status") == condition["status"] && each.contains("lastTransitionTime")) {
      condition["lastTransitionTime"] = each["lastTransitionTime"];
    }
  }
  kept.push_back(std::move(condition));
  status["conditions"] = std::move(kept);
}

}  // namespace

PodDisruptionBudget PodDisruptionBudget::From(const Object& object) {
  PodDisruptionBudget budget;
  budget.object = object;
  budget.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  budget.min_available = ReadIntOrString(spec, "minAvailable");
  budget.max_unavailable = ReadIntOrString(spec, "maxUnavailable");
  const Json& selector = Member(spec, "selector");
  // What is stored was validated, so a selector that does not parse is one that is not there.
  if (auto parsed = Selector::FromJson(selector); parsed.ok() && selector.is_object()) {
    budget.selector = *parsed;
    budget.selects = true;
  }
  budget.unhealthy_always = ReadString(spec, "unhealthyPodEvictionPolicy") == "AlwaysAllow";
  const Json& status = Member(object.body(), "status");
  budget.current_healthy = ReadInt(status, "currentHealthy");
  budget.desired_healthy = ReadInt(status, "desiredHealthy");
  budget.disruptions_allowed = ReadInt(status, "disruptionsAllowed");
  budget.observed_generation = ReadInt(status, "observedGeneration");
  const Json& disrupted = Member(status, "disruptedPods");
  if (!disrupted.is_object()) return budget;
  for (const auto& item : disrupted.items()) {
    if (const auto time = ReadTime(disrupted, item.key())) budget.disrupted_pods.emplace(item.key(), *time);
  }
  return budget;
}

void SayDisruptionAllowed(WallTime now, Json& status) {
  const bool allowed = ReadInt(status, "disruptionsAllowed") > 0;
  SetDisruptionAllowed(allowed, allowed ? "SufficientPods" : "InsufficientPods", "", now, status);
}

void SayDisruptionUnknown(std::string message, WallTime now, Json& status) {
  status["disruptionsAllowed"] = 0;
  SetDisruptionAllowed(false, "SyncFailed", std::move(message), now, status);
}

}  // namespace ordinal::api

#include "agent/apiserver/rest/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/api/read.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;
using api::PodDisruptionBudget;

// kubectl and client-go look for these: metav1.CauseType, and the message that people search for.
constexpr char kCause[] = "DisruptionBudget";
constexpr char kViolates[] = "Cannot evict pod as it would violate the pod's disruption budget.";
constexpr int kAskAgainSeconds = 10;

Refusal TooMany(std::string why) {
  Refusal refusal{429, "TooManyRequests", kViolates, Json::object()};
  refusal.details["causes"] = Json::array({Json{{"reason", kCause}, {"message", std::move(why)}}});
  return refusal;
}

Refusal Forbidden(const PodDisruptionBudget& budget, std::string_view why) {
  return {403, "Forbidden", fmt::format("poddisruptionbudget.policy \"{}\" is forbidden: {}", budget.meta.name, why),
          Json{{"group", "policy"}, {"kind", "poddisruptionbudget"}, {"name", budget.meta.name}}};
}

/// The condition DisruptionAllowed, or null.
const Json& AllowedCondition(const Json& status) {
  static const Json kNone;
  const Json& conditions = api::Items(status, "conditions");
  const auto found = std::find_if(conditions.begin(), conditions.end(), [](const Json& each) {
    return api::ReadString(each, "type") == "DisruptionAllowed";
  });
  return found == conditions.end() ? kNone : *found;
}

Refusal NothingLeft(const PodDisruptionBudget& budget) {
  const Json& condition = AllowedCondition(api::Member(budget.object.body(), "status"));
  if (api::ReadString(condition, "reason") == "SyncFailed") {
    return TooMany(
        fmt::format("The disruption budget {} does not allow evicting pods currently because it failed sync: {}",
                    budget.meta.name, api::ReadString(condition, "message")));
  }
  return TooMany(fmt::format("The disruption budget {} needs {} healthy pods and has {} currently", budget.meta.name,
                             budget.desired_healthy, budget.current_healthy));
}

}  // namespace

bool IgnoresBudgets(const api::Pod& pod) { return pod.Terminal() || pod.status.phase == "Pending" || pod.deleting(); }

bool FreeOfBudget(const PodDisruptionBudget& budget, const api::Pod& pod) {
  if (pod.Ready()) return false;
  return budget.unhealthy_always || (budget.current_healthy >= budget.desired_healthy && budget.desired_healthy > 0);
}

Taken TakeDisruption(const PodDisruptionBudget& budget, const std::string& pod, WallTime now) {
  if (budget.observed_generation < budget.meta.generation) return {{}, BudgetIsBusy(budget.meta.name)};
  if (budget.disruptions_allowed < 0) return {{}, Forbidden(budget, "pdb disruptions allowed is negative")};
  if (budget.disrupted_pods.size() > kMostDisruptedPods) {
    return {{},
            Forbidden(budget, "more evictions were allowed than are kept in mind, and none of their pods went yet")};
  }
  if (budget.disruptions_allowed == 0) return {{}, NothingLeft(budget)};
  Json status = api::Member(budget.object.body(), "status");
  status["disruptionsAllowed"] = budget.disruptions_allowed - 1;
  if (budget.disruptions_allowed == 1) api::SayDisruptionAllowed(now, status);
  status["disruptedPods"][pod] = FormatTime(now);
  return {std::move(status), std::nullopt};
}

Refusal BudgetIsBusy(const std::string& budget) {
  Refusal refusal = TooMany(fmt::format("The disruption budget {} is still being processed by the server.", budget));
  refusal.details["retryAfterSeconds"] = kAskAgainSeconds;
  return refusal;
}

Refusal TooManyBudgets() {
  return {500, "", "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."};
}

}  // namespace ordinal::apiserver::rest

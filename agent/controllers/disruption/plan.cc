#include "agent/controllers/disruption/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/controllers/percentage.h"

namespace ordinal::controllers::disruption {
namespace {

using api::Json;

struct Counts {
  int64_t expected = 0, desired = 0;
};

/// The sum of what the pods' controllers want; each counts once. Pods without a controller are `unmanaged`.
Result<int64_t> ExpectedScale(const Observed& seen, bool& unmanaged) {
  std::map<std::string, int64_t> wanted;
  for (const api::Pod& pod : seen.pods) {
    const api::OwnerReference* owner = pod.meta.Controller();
    if (owner == nullptr) {
      unmanaged = true;
      continue;
    }
    const auto scale = seen.scales.find(owner->uid);
    if (scale == seen.scales.end()) {
      return MakeError(
          ErrorCode::kNotFound,
          fmt::format("how many pods are wanted cannot be told: the controller of pod {}, {} {}, is gone or "
                      "has no scale; write minAvailable as a number",
                      pod.meta.name, owner->kind, owner->name));
    }
    wanted[scale->second.uid] = scale->second.replicas;
  }
  int64_t sum = 0;
  for (const auto& [uid, replicas] : wanted) sum += replicas;
  return std::min(sum, kMostPods);
}

Result<Counts> Count(const Observed& seen, bool& unmanaged) {
  const api::PodDisruptionBudget& budget = seen.budget;
  Counts counts;
  if (budget.max_unavailable) {
    TRY(counts.expected, ExpectedScale(seen, unmanaged));
    counts.desired = std::max<int64_t>(counts.expected - PodsOf(*budget.max_unavailable, counts.expected, true), 0);
  } else if (budget.min_available && budget.min_available->ends_with('%')) {
    TRY(counts.expected, ExpectedScale(seen, unmanaged));
    counts.desired = PodsOf(*budget.min_available, counts.expected, true);
  } else if (budget.min_available) {
    counts.expected = static_cast<int64_t>(seen.pods.size());
    counts.desired = PodsOf(*budget.min_available, 0, true);
  }
  return counts;
}

/// The allowed evictions whose pods are still to go, by the pods' names. Says which ones are given up.
Json StillDisrupted(const Observed& seen, Plan& plan) {
  Json disrupted = Json::object();
  for (const api::Ref<api::Pod>& pod : seen.pods) {
    const auto found = seen.budget.disrupted_pods.find(pod->meta.name);
    if (found == seen.budget.disrupted_pods.end() || pod->deleting()) continue;
    // One that lies ahead (the clock was set back) is now, and is written so.
    const WallTime allowed = std::min(found->second, seen.now);
    const Duration left = allowed + kDeletionTimeout - seen.now;
    if (left <= Duration::zero()) {
      plan.says.push_back({true, "NotDeleted",
                           fmt::format("the budget {}/{} allowed its eviction and it was not deleted",
                                       seen.budget.meta.ns, seen.budget.meta.name),
                           pod.get()});
      continue;
    }
    plan.look_again = std::min(plan.look_again.value_or(left), left);
    disrupted[pod->meta.name] = FormatTime(allowed);
  }
  return disrupted;
}

int64_t CountHealthy(const Observed& seen, const Json& disrupted) {
  return std::count_if(seen.pods.begin(), seen.pods.end(), [&](const api::Pod& pod) {
    return !pod.deleting() && !disrupted.contains(pod.meta.name) && pod.Ready();
  });
}

Json FailedStatus(const Observed& seen, const std::string& why) {
  Json status = api::Member(seen.budget.object.body(), "status");
  if (!status.is_object()) status = Json::object();
  status["observedGeneration"] = seen.budget.meta.generation;
  api::SayDisruptionUnknown(why, seen.now, status);
  return status;
}

void SayOfPods(const Observed& seen, bool unmanaged, Plan& plan) {
  if (seen.pods.empty()) plan.says.push_back({false, "NoPods", "No pod has the labels that this budget selects"});
  if (unmanaged) {
    plan.says.push_back({true, "UnmanagedPods",
                         "Some of the selected pods have no controller: how many are wanted cannot be told of them; "
                         "write spec.minAvailable as a number"});
  }
}

}  // namespace

Plan MakePlan(const Observed& seen) {
  Plan plan;
  const Json& before = api::Member(seen.budget.object.body(), "status");
  bool unmanaged = false;
  const auto counts = Count(seen, unmanaged);
  if (!counts.ok()) {
    plan.status = FailedStatus(seen, counts.error().message);
    if (plan.status != before) plan.says.push_back({true, "NoControllers", counts.error().message});
    return plan;
  }
  Json disrupted = StillDisrupted(seen, plan);
  const int64_t healthy = CountHealthy(seen, disrupted);
  // A budget that no pod was seen of allows nothing: its first pods may not be counted yet.
  const int64_t allowed = counts->expected > 0 ? std::max<int64_t>(healthy - counts->desired, 0) : 0;
  plan.status = Json{{"observedGeneration", seen.budget.meta.generation},
                     {"disruptionsAllowed", allowed},
                     {"currentHealthy", healthy},
                     {"desiredHealthy", counts->desired},
                     {"expectedPods", counts->expected}};
  if (!disrupted.empty()) plan.status["disruptedPods"] = std::move(disrupted);
  api::Carry(before, "conditions", plan.status);
  api::SayDisruptionAllowed(seen.now, plan.status);
  if (plan.status != before) SayOfPods(seen, unmanaged, plan);
  return plan;
}

}  // namespace ordinal::controllers::disruption

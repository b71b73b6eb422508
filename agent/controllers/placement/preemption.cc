#include "agent/controllers/placement/preemption.h"

#include <algorithm>

namespace ordinal::controllers::placement {
namespace {

/// Of the same priority the one that has run longer is more important.
bool MoreImportant(const Resident& a, const Resident& b) {
  if (a.priority != b.priority) return a.priority > b.priority;
  const auto since = [](const Resident& each) { return each.pod->status.start_time.value_or(WallTime::max()); };
  return since(a) != since(b) ? since(a) < since(b) : a.key < b.key;
}

/// Disruptions that budgets still allow, taken one by one.
class Allowances {
 public:
  explicit Allowances(const api::Refs<api::PodDisruptionBudget>& budgets) : budgets_(budgets) {
    for (const auto& budget : budgets_) left_.push_back(budget->disruptions_allowed);
  }

  /// Takes one of each budget that is about the pod; whether one of them had none left.
  bool Exceeded(const api::Pod& pod) {
    bool exceeded = false;
    for (size_t i = 0; i < budgets_.size(); ++i) {
      const api::PodDisruptionBudget& budget = *budgets_[i];
      const bool about = budget.meta.ns == pod.meta.ns && !pod.meta.labels.empty() && budget.Selects(pod.meta.labels);
      // Its eviction was allowed already, and is counted.
      if (!about || budget.disrupted_pods.contains(pod.meta.name)) continue;
      if (--left_[i] < 0) exceeded = true;
    }
    return exceeded;
  }

 private:
  const api::Refs<api::PodDisruptionBudget>& budgets_;
  std::vector<int64_t> left_;
};

}  // namespace

int64_t PriorityOf(const api::Pod& pod) { return pod.spec.priority; }

bool MayPreempt(const api::Pod& pod) {
  return api::ReadString(api::Member(pod.object.body(), "spec"), "preemptionPolicy") != "Never";
}

Choice ChooseVictims(std::vector<Resident> lower, Neighbours others, const api::Refs<api::PodDisruptionBudget>& budgets,
                     const Fits& fits) {
  std::sort(lower.begin(), lower.end(), MoreImportant);
  std::map<std::string, Footprint> footprints;
  for (const Resident& each : lower) {
    footprints.emplace(each.key, others.At(each.key));
    others.Drop(each.key);
  }
  Choice choice;
  if (!fits(others)) return choice;
  choice.helps = true;
  Allowances allowances(budgets);
  std::vector<const Resident*> protected_ones, free_ones;
  for (const Resident& each : lower) {
    if (each.pod->deleting()) continue;
    (allowances.Exceeded(*each.pod) ? protected_ones : free_ones).push_back(&each);
  }
  // Each stays that can: the protected first, then by importance.
  std::vector<const Resident*> victims;
  for (const auto* group : {&protected_ones, &free_ones}) {
    for (const Resident* each : *group) {
      others.Put(each->key, footprints.at(each->key));
      if (fits(others)) continue;
      others.Drop(each->key);
      victims.push_back(each);
    }
  }
  std::sort(victims.begin(), victims.end(), [](const auto* a, const auto* b) { return MoreImportant(*a, *b); });
  for (const Resident* each : victims) choice.victims.push_back(each->pod);
  return choice;
}

bool StillNeeded(const Resident& victim, Neighbours rest, const Fits& fits) {
  if (!fits(rest)) return false;  // it would go in vain
  rest.Put(victim.key, Footprint::Of(*victim.pod));
  return !fits(rest);
}

}  // namespace ordinal::controllers::placement

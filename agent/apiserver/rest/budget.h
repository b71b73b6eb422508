// Whether a disruption budget lets a pod go. Pure. (pkg/registry/core/pod/storage/eviction.go)
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/pod_disruption_budget/view.h"
#include "agent/apiserver/rest/status.h"

namespace ordinal::apiserver::rest {

/// More evictions of a budget that were allowed and not carried out are not kept in mind.
inline constexpr size_t kMostDisruptedPods = 2000;

/// Pods that have ended, never ran or are going already: no budget speaks of them.
bool IgnoresBudgets(const api::Pod& pod);
/// A pod that is not ready takes nothing of its budget, and may go: always, or while the budget is kept without it.
bool FreeOfBudget(const api::PodDisruptionBudget& budget, const api::Pod& pod);

/// What taking one disruption of a budget comes to: its next status, or why there is none to take.
struct Taken {
  api::Json status;
  std::optional<Refusal> refusal;
};
/// The pod of that name is noted in the status as one that goes, from `now` on.
Taken TakeDisruption(const api::PodDisruptionBudget& budget, const std::string& pod, WallTime now);

/// 429, with the time after which to ask again: the budget's numbers are about to change.
Refusal BudgetIsBusy(const std::string& budget);
/// 500: the pod has more than one budget.
Refusal TooManyBudgets();

}  // namespace ordinal::apiserver::rest

// Which pods have to leave the node so that a more important one fits: as few and as unimportant ones as will do, those
// that disruption budgets protect only when no others do (kubernetes pkg/scheduler/framework/preemption and
// plugins/defaultpreemption). Pure.
#pragma once

#include <functional>
#include <vector>

#include "agent/api/kinds/pod_disruption_budget/view.h"
#include "agent/api/ref.h"
#include "agent/controllers/placement/node_view.h"

namespace ordinal::controllers::placement {

/// spec.priority.
int64_t PriorityOf(const api::Pod& pod);
/// Its preemptionPolicy does not forbid it.
bool MayPreempt(const api::Pod& pod);

/// A pod on the node that is less important than the one that wants to come.
struct Resident {
  std::string key;  ///< in Neighbours
  api::Ref<api::Pod> pod;
  int64_t priority = 0;
};

struct Choice {
  bool helps = false;             ///< without the victims, and what is leaving anyhow, the pod fits
  api::Refs<api::Pod> victims{};  ///< the most important first; those that are being deleted are not among them
};

/// Whether the pod that wants to come fits beside them.
using Fits = std::function<bool(const Neighbours& others)>;

Choice ChooseVictims(std::vector<Resident> lower, Neighbours others, const api::Refs<api::PodDisruptionBudget>& budgets,
                     const Fits& fits);

/// Whether a victim has to go all the same: beside `rest`, without it and all that leave, the pod fits, and with it
/// not.
bool StillNeeded(const Resident& victim, Neighbours rest, const Fits& fits);

}  // namespace ordinal::controllers::placement

// Which of a ReplicaSet's pods would be missed least. Pure.
#pragma once

#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/ref.h"

namespace ordinal::controllers::replicaset {

/// The pods, the first to delete first: not placed; then Pending, Unknown, Running; not ready; with the lower
/// annotation controller.kubernetes.io/pod-deletion-cost; with more of the set's pods on the same node; ready for less
/// time; restarted more often; newer. Times are compared by the power of two of their age, so that of pods that came
/// up together not always the same side goes; their uids decide (pkg/controller/controller_utils.go,
/// ActivePodsWithRanks).
std::vector<const api::Pod*> DeletionOrder(const api::Refs<api::Pod>& pods, WallTime now);

}  // namespace ordinal::controllers::replicaset

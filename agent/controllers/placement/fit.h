// Whether a pod fits the one node there is, and if not, every reason. Pure. The words are the scheduler's, by which
// people search; what is asked and what is free stands behind them.
#pragma once

#include <optional>

#include "agent/api/kinds/persistent_volume/view.h"
#include "agent/api/ref.h"
#include "agent/controllers/placement/affinity.h"

namespace ordinal::controllers::placement {

/// After how long the node's NoExecute taints drive the pod away: at once, after the least tolerationSeconds of what
/// tolerates them, or never.
std::optional<Duration> EvictedAfter(const api::Pod& pod, const NodeView& node);

struct Surroundings {
  const NodeView& node;
  const Neighbours& others;                  ///< without the pod itself
  api::Refs<api::PersistentVolume> volumes;  ///< that the pod's claims are bound to
  NamespaceLabels labels_of;
};

/// "0/1 nodes are available: 1 Insufficient cpu (2 asked, 500m of 4 free)." Empty when the pod fits.
std::string ExplainMisfit(const api::Pod& pod, const Surroundings& around);

}  // namespace ordinal::controllers::placement

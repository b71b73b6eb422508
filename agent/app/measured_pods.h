// MeasuredPods: the pods of this node as the node's own API looks at them. Part of the composition root.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kinds/persistent_volume/view.h"
#include "agent/api/kinds/persistent_volume_claim/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/app/host_runtime.h"
#include "agent/base/layout.h"
#include "agent/metrics/agent_metrics.h"
#include "agent/metrics/pods.h"
#include "agent/objects/cache.h"
#include "agent/probes/prober.h"

namespace ordinal {

struct MeasuredPods {
  const std::string node;
  const Layout& layout;
  const HostRuntime& runtime;
  const objects::Cache<api::Pod>& pods;
  const objects::Cache<api::PersistentVolumeClaim>& claims;
  const objects::Cache<api::PersistentVolume>& volumes;

  /// Those with a sandbox, and their containers that run.
  std::vector<metrics::PodSubject> Subjects() const;
};

/// Fills in how many pods and containers there are. `into.node` is the node's name.
void CountPods(const objects::Cache<api::Pod>& pods, const observe::RuntimeView& view, metrics::AgentFigures& into);

std::vector<metrics::ProbeFigures> ProbesOf(const probes::Prober& prober);

}  // namespace ordinal

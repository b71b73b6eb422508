// Affinity on the one node there is: which of a pod's wishes about nodes and other pods it does not meet. Pure.
// Preferences have no effect: there is nothing to choose from. The rules are those of the scheduler's plugins
// NodeAffinity, InterPodAffinity and PodTopologySpread (pkg/scheduler/framework/plugins).
#pragma once

#include <functional>

#include "agent/controllers/placement/node_view.h"

namespace ordinal::controllers::placement {

/// The labels of a namespace, for namespaceSelector.
using NamespaceLabels = std::function<api::StringMap(const std::string& ns)>;

/// v1.NodeSelector: one of its terms matches. A selector without terms, or a term without conditions, matches nothing.
bool MatchesNode(const api::Json& node_selector, const NodeView& node);

/// spec.nodeSelector and the required node affinity.
bool WantsNode(const api::Pod& pod, const NodeView& node);

/// Why the pod cannot be with the others, in the scheduler's words; empty when it can.
std::string PodAffinityObstacle(const api::Pod& pod, const NodeView& node, const Neighbours& others,
                                const NamespaceLabels& labels_of);

/// The same for topologySpreadConstraints with DoNotSchedule. All pods are in one domain, so that only a node without
/// the key, or more domains asked for than there are, stands in the way.
std::string SpreadObstacle(const api::Pod& pod, const NodeView& node, const Neighbours& others);

}  // namespace ordinal::controllers::placement

// The pods of a DaemonSet: their documents, and which node each is for (Kubernetes: pkg/controller/daemon/util). Pure.
//
//   template ── affinity: metadata.name = node, tolerations of a node's troubles, label of its revision ──> pod
//
// The affinity is how the scheduler is told the node; whatever the template asks of nodes was looked at before, so it
// is put in its place.
#pragma once

#include <string>

#include "agent/api/kinds/daemon_set/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/controllers/placement/node_view.h"

namespace ordinal::controllers::daemonset {

inline constexpr char kRevisionLabel[] = "controller-revision-hash";

/// The pod for the node, of the set's template, whose revision has `hash`.
api::Json BuildPod(const api::DaemonSet& set, const std::string& node, const std::string& hash);

/// spec.nodeName, else the node that its affinity names; empty: none.
std::string TargetOf(const api::Pod& pod);

/// What the node is to the template.
struct Fitness {
  bool should_run = false;       ///< it gets a pod
  bool should_continue = false;  ///< a pod that runs there may go on
};
Fitness FitnessOf(const api::DaemonSet& set, const placement::NodeView& node);

}  // namespace ordinal::controllers::daemonset

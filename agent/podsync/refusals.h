// Why this node does not take a pod that was given to it: it fails, as by a kubelet's admission. Pure.
#pragma once

#include <optional>
#include <string>

#include "agent/podsync/cri_config.h"

namespace ordinal::podsync {

/// Ends as the status' reason, and in its message and the pod's event.
struct Refusal {
  std::string reason, message;
};

/// The first one; none: it takes it. Sources: Kubernetes pkg/kubelet/lifecycle/predicate.go, pkg/kubelet/sysctl,
/// pkg/security/apparmor.
/// `begun`: something was done for the pod already, perhaps by an agent that had no API of the node.
std::optional<Refusal> RefusalOf(const api::Pod& pod, const NodeFacts& node, bool begun = false);

/// The refusal for a port that `taken` (host_ports.h) tells of; none where that is empty.
std::optional<Refusal> PortsRefusal(const std::string& taken);

}  // namespace ordinal::podsync

// Ports of the host that pods of sets were refused: the next pod is made when the port is free, whatever is left of the
// wait after the failure (failure_row.h). Pods that placement gives a node wait for that themselves; this is about
// those whose template names the node. Pure.
#pragma once

#include <vector>

#include "agent/api/kinds/pod/host_ports.h"
#include "agent/objects/cache.h"

namespace ordinal::controllers {

using HostPorts = std::vector<api::ContainerPort>;

/// What the change gives back: the ports of a pod that was on a node, and is over or gone.
HostPorts FreedPorts(const objects::Change<api::Pod>& change);

/// The ports of a pod that failed because one of them was taken (podsync/refusals.h); none for any other.
HostPorts RefusedPorts(const api::Pod& pod);

/// Whether somebody who wants `wanted` has more of a chance with `freed`.
bool AnyCollides(const HostPorts& wanted, const HostPorts& freed);

}  // namespace ordinal::controllers

#include "agent/controllers/freed_ports.h"

#include <algorithm>

namespace ordinal::controllers {

HostPorts FreedPorts(const objects::Change<api::Pod>& change) {
  if (!change.old || change.old->Terminal() || change.old->spec.node_name.empty()) return {};
  if (change.now && !change.now->Terminal()) return {};
  // One that was refused had none of them.
  if (!RefusedPorts(*change.last()).empty()) return {};
  return api::HostPortsOf(change.old->spec);
}

HostPorts RefusedPorts(const api::Pod& pod) {
  if (pod.status.phase != "Failed" || pod.status.reason != "NodePorts") return {};
  return api::HostPortsOf(pod.spec);
}

bool AnyCollides(const HostPorts& wanted, const HostPorts& freed) {
  return std::any_of(wanted.begin(), wanted.end(), [&freed](const api::ContainerPort& port) {
    return std::any_of(freed.begin(), freed.end(),
                       [&port](const api::ContainerPort& other) { return api::Collide(port, other); });
  });
}

}  // namespace ordinal::controllers

#include "agent/podsync/hooks.h"

#include "agent/podsync/plan.h"

namespace ordinal::podsync {

probes::Where WhereOf(const NodeFacts& node, const observe::PodStates& states, const api::Pod& pod,
                      const std::string& name, std::string container_id) {
  probes::Where where;
  where.container_id = std::move(container_id);
  const std::vector<std::string> ips = AddressesOf(node, pod, states.Get(pod.meta.uid));
  if (!ips.empty()) where.ip = ips.front();
  if (const api::Container* container = ContainerNamed(pod.spec, name)) where.ports = container->ports;
  return where;
}

}  // namespace ordinal::podsync

#include "agent/podsync/pod_seen.h"

#include "agent/podsync/plan.h"

namespace ordinal::podsync {

EnvFacts FactsOf(const Services& services, const std::vector<std::string>& ips) {
  return {ips, services.node.host_ips, services.node.memory_capacity, services.node.cpu_capacity_milli};
}

PodSeen See(const Services& services, const api::Pod& pod) {
  PodSeen seen;
  seen.now = services.clock.Now();
  seen.runtime = services.states.Get(pod.meta.uid);
  const cri::Sandbox* sandbox = UsableSandbox(pod, seen.runtime);
  if (pod.spec.host_network) {
    seen.ips = services.node.host_ips;
  } else if (sandbox != nullptr) {
    seen.ips = sandbox->ips;
  }
  seen.volumes = ResolveVolumes(pod, services.layout, services.lookups, FactsOf(services, seen.ips));
  return seen;
}

}  // namespace ordinal::podsync

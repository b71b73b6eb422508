#include "agent/podsync/pod_seen.h"

#include "agent/podsync/plan.h"

namespace ordinal::podsync {

EnvFacts FactsOf(const Services& services, const std::vector<std::string>& ips) {
  const auto config = [&references = services.references](const api::ObjectKey& key) { return references.Find(key); };
  return {ips, services.node.host_ips, services.node.memory_capacity, services.node.cpu_capacity_milli, config};
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
  seen.references_known = services.references.Known(pod.meta.uid);
  const EnvFacts facts = FactsOf(services, seen.ips);
  seen.volumes = ResolveVolumes(pod, services.layout, services.lookups, facts);
  seen.files = ConfigVolumesOf(pod, facts);
  return seen;
}

}  // namespace ordinal::podsync

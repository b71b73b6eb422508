#include "agent/podsync/pod_seen.h"

#include <algorithm>

#include "agent/podsync/plan.h"

namespace ordinal::podsync {
namespace {

/// The planner changes its resources while it runs (plan.cc).
bool Resizes(const api::PodSpec& spec, const std::string& name) {
  const auto named = [&name](const api::Container& container) { return container.name == name; };
  const auto& inits = spec.init_containers;
  return std::any_of(spec.containers.begin(), spec.containers.end(), named) ||
         std::any_of(inits.begin(), inits.end(), [&](const auto& init) { return named(init) && IsSidecar(init); });
}

}  // namespace

EnvFacts FactsOf(const Services& services, const api::Pod& pod, const std::vector<std::string>& ips) {
  const auto config = [&references = services.references](const api::ObjectKey& key) { return references.Find(key); };
  const auto token = [&tokens = services.tokens](const std::string& uid, const references::TokenWish& wish) {
    return tokens.Find(uid, wish);
  };
  const NodeFacts& node = services.node;
  return {ips,
          node.host_ips,
          node.memory_capacity,
          node.cpu_capacity_milli,
          config,
          token,
          pod.spec.host_network ? node.api_host_of_host_network : node.api_host,
          node.api_port};
}

std::vector<std::string> AddressesOf(const NodeFacts& node, const api::Pod& pod, const observe::PodState& state) {
  if (pod.spec.host_network) return node.host_ips;
  const cri::Sandbox* sandbox = UsableSandbox(pod, state);
  return sandbox == nullptr ? std::vector<std::string>() : sandbox->ips;
}

std::map<std::string, Portion> ActuatedOtherwise(const Allocations& allocations, const api::PodSpec& spec,
                                                 const observe::PodState& state) {
  std::map<std::string, Portion> out;
  const Allocation& allocated = allocations.Of(state.uid);
  if (allocated.empty()) return out;
  for (const cri::Container& container : state.containers) {
    if (container.state != cri::ContainerState::kRunning || !Resizes(spec, container.name)) continue;
    std::optional<Portion> actuated = allocations.ActuatedOf(state.uid, container);
    const Portion given = allocated.PortionOf(container.name);
    if (actuated && DifferenceOf(*actuated, given).any()) out[container.id] = *std::move(actuated);
  }
  return out;
}

PodSeen See(const Services& services, const api::Pod& pod) {
  PodSeen seen;
  seen.now = services.clock.Now();
  seen.steady = services.clock.Steady();
  seen.runtime = services.states.Get(pod.meta.uid);
  seen.ips = AddressesOf(services.node, pod, seen.runtime);
  seen.probes = StandingsOf(services.prober, pod, seen.runtime);
  seen.references_known = services.references.Known(pod.meta.uid) && services.tokens.Known(pod.meta.uid);
  if (services.allocations != nullptr) {
    seen.allocated = services.allocations->Of(pod.meta.uid);
    seen.actuated = ActuatedOtherwise(*services.allocations, pod.spec, seen.runtime);
    seen.unfinished = services.allocations->Unfinished(pod.meta.uid);
  }
  const EnvFacts facts = FactsOf(services, pod, seen.ips);
  seen.volumes = ResolveVolumes(pod, services.layout, services.lookups, facts);
  seen.files = ConfigVolumesOf(pod, facts);
  return seen;
}

}  // namespace ordinal::podsync

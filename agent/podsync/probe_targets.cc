#include "agent/podsync/probe_targets.h"

#include <functional>

#include "agent/podsync/plan.h"

namespace ordinal::podsync {
namespace {

/// Calls `visit` with each container that has probes and the newest one of its name in the runtime.
void EachProbed(const api::Pod& pod, const observe::PodState& state,
                const std::function<void(const api::Container&, const cri::Container&)>& visit) {
  for (const std::vector<api::Container>* list : {&pod.spec.init_containers, &pod.spec.containers}) {
    for (const api::Container& container : *list) {
      if (!container.probes.any()) continue;
      const cri::Container* newest = Newest(state, container.name);
      if (newest != nullptr && newest->state != cri::ContainerState::kCreated) visit(container, *newest);
    }
  }
}

const api::ContainerStatus* Shown(const api::Pod& pod, const std::string& id) {
  for (const auto* list : {&pod.status.init_container_statuses, &pod.status.container_statuses}) {
    for (const api::ContainerStatus& status : *list) {
      if (status.container_id == "containerd://" + id) return &status;
    }
  }
  return nullptr;
}

}  // namespace

std::vector<probes::Target> TargetsOf(const api::Pod& pod, const observe::PodState& state,
                                      const std::vector<std::string>& ips, const Memory& memory) {
  std::vector<probes::Target> targets;
  EachProbed(pod, state, [&](const api::Container& container, const cri::Container& newest) {
    if (memory.starting.contains(newest.id)) return;
    probes::Target target;
    target.name = container.name;
    target.running = newest.state == cri::ContainerState::kRunning;
    target.started_at = newest.started_at;
    target.probes = container.probes;
    target.where = {newest.id, ips.empty() ? std::string() : ips.front(), container.ports};
    if (const api::ContainerStatus* shown = Shown(pod, newest.id)) {
      target.shown_started = shown->started == true;
      target.shown_ready = shown->ready;
    }
    targets.push_back(std::move(target));
  });
  return targets;
}

Standings StandingsOf(const probes::Prober& prober, const api::Pod& pod, const observe::PodState& state) {
  Standings standings;
  EachProbed(pod, state, [&](const api::Container& container, const cri::Container& newest) {
    const std::optional<probes::Standing> known = prober.Of(pod.meta.uid, newest.id);
    // One that is not asked yet has passed nothing.
    const bool started = !container.probes.startup;
    standings[newest.id] = known.value_or(probes::Standing{started, started && !container.probes.readiness, {}});
  });
  return standings;
}

probes::Standing StandingOf(const Standings& standings, const std::string& container_id) {
  const auto found = standings.find(container_id);
  return found == standings.end() ? probes::Standing() : found->second;
}

}  // namespace ordinal::podsync

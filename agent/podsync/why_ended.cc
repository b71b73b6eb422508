#include "agent/podsync/why_ended.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "agent/base/bounded_time.h"

namespace ordinal::podsync {
namespace {

// An ephemeral container beside which nothing runs any more holds up nobody for longer.
constexpr int64_t kEphemeralGraceSeconds = 2;

int64_t GraceOfAll(const api::Pod& pod, const Memory& memory) {
  return memory.node_end ? memory.node_end->grace_seconds : pod.spec.termination_grace_seconds;
}

bool IsSidecarNamed(const api::PodSpec& spec, const std::string& name) {
  return std::any_of(spec.init_containers.begin(), spec.init_containers.end(),
                     [&](const api::Container& init) { return init.name == name && IsSidecar(init); });
}

}  // namespace

std::optional<ContainerKill> WhyToEnd(const api::Pod& pod, const StartContainer& start, const cri::Container& running,
                                      const probes::Standing& standing) {
  if (ImageChanged(pod, start, running)) {
    ContainerKill kill{running.id, running.name, "its specification changed",
                       fmt::format("Container {} definition changed, will be restarted", running.name)};
    kill.restarts = true;
    return kill;
  }
  if (!standing.failure) return std::nullopt;
  const std::string probe = standing.failure->kind == api::ProbeKind::kStartup ? "startup" : "liveness";
  std::string said = fmt::format("Container {} failed {} probe", running.name, probe);
  if (PolicyOf(pod.spec, ContainerOf(pod.spec, start)) != "Never") said += ", will be restarted";
  return ContainerKill{running.id, running.name, "its " + probe + " probe failed", std::move(said),
                       standing.failure->grace_seconds};
}

std::optional<ContainerKill> WhyToEnd(const api::Container& container, const cri::Container& running,
                                      const Difference& differs) {
  const bool restarts =
      (differs.cpu && container.restarts_for_cpu) || (differs.memory && container.restarts_for_memory);
  if (!restarts) return std::nullopt;
  ContainerKill kill{running.id, running.name, "its resources changed",
                     fmt::format("Container {} resize requires restart", running.name)};
  kill.restarts = true;
  return kill;
}

std::vector<ContainerKill> KillsOfAll(const api::Pod& pod, const observe::PodState& state, const Memory& memory,
                                      const std::string& why) {
  std::optional<int64_t> grace;
  if (memory.node_end) grace = memory.node_end->grace_seconds;
  std::vector<ContainerKill> kills;
  for (const cri::Container& container : state.containers) {
    if (!observe::Live(container)) continue;
    kills.push_back({container.id, container.name, why, {}, grace});
    if (!IsEphemeral(pod.spec, container.name)) continue;
    kills.back().grace_seconds = std::min(kEphemeralGraceSeconds, GraceOfAll(pod, memory));
  }
  return kills;
}

std::vector<EndContainers> InOrder(const api::PodSpec& spec, std::vector<ContainerKill> kills) {
  EndContainers mains, ephemeral;
  std::map<std::string, EndContainers> sidecars;
  for (ContainerKill& kill : kills) {
    const bool sidecar = IsSidecarNamed(spec, kill.name);
    EndContainers& end = sidecar ? sidecars[kill.name] : IsEphemeral(spec, kill.name) ? ephemeral : mains;
    end.containers.push_back(std::move(kill));
  }
  std::vector<EndContainers> ends;
  if (!mains.containers.empty()) ends.push_back(std::move(mains));
  if (!ephemeral.containers.empty()) ends.push_back(std::move(ephemeral));
  for (auto init = spec.init_containers.rbegin(); init != spec.init_containers.rend(); ++init) {
    const auto found = sidecars.find(init->name);
    if (found != sidecars.end()) ends.push_back(std::move(found->second));
  }
  return ends;
}

std::vector<EndContainers> EndsOfPod(const api::Pod& pod, const observe::PodState& state, const Memory& memory,
                                     const std::string& why, SteadyTime now) {
  std::vector<ContainerKill> kills = KillsOfAll(pod, state, memory, why);
  for (ContainerKill& kill : kills) {
    kill.with_pod = true;
    kill.pod_ends = now + BoundedDuration(GraceOfAll(pod, memory));
  }
  return InOrder(pod.spec, std::move(kills));
}

std::vector<std::string> RunOn(const std::set<std::string>& marked, const observe::PodState& state, const Plan& plan) {
  std::vector<std::string> ids;
  const auto ends = [](const Step& step, const cri::Container& container) {
    const auto* sandbox = std::get_if<StopSandbox>(&step);
    if (sandbox != nullptr) return sandbox->id == container.sandbox_id;
    const auto* group = std::get_if<EndContainers>(&step);
    return group != nullptr && std::any_of(group->containers.begin(), group->containers.end(),
                                           [&](const ContainerKill& kill) { return kill.id == container.id; });
  };
  for (const cri::Container& container : state.containers) {
    if (container.state != cri::ContainerState::kRunning || !marked.contains(container.id)) continue;
    const bool ended =
        std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) { return ends(step, container); });
    if (!ended) ids.push_back(container.id);
  }
  return ids;
}

bool Began(const api::Pod& pod, const observe::PodState& state) {
  const auto began = [&state](const api::Container& container, bool init) {
    const cri::Container* newest = Newest(state, container.name);
    if (newest == nullptr || newest->state == cri::ContainerState::kCreated) return false;
    const bool did_its_work = newest->state == cri::ContainerState::kExited && newest->exit_code == 0;
    return !init || !(IsSidecar(container) || did_its_work);
  };
  const std::vector<api::Container>& inits = pod.spec.init_containers;
  const std::vector<api::Container>& mains = pod.spec.containers;
  return std::any_of(inits.begin(), inits.end(), [&](const auto& container) { return began(container, true); }) ||
         std::any_of(mains.begin(), mains.end(), [&](const auto& container) { return began(container, false); });
}

}  // namespace ordinal::podsync

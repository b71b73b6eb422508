// What a plan asks of containers and sandboxes, one question a function.
#include <fmt/format.h>

#include <charconv>

#include "agent/podsync/plan.h"

namespace ordinal::podsync {
namespace {

using cri::ContainerState;

bool HasEnded(const cri::Container& container) { return container.state == ContainerState::kExited; }

}  // namespace

const api::Container* ContainerNamed(const api::PodSpec& spec, const std::string& name) {
  for (const auto* list : {&spec.containers, &spec.init_containers, &spec.ephemeral_containers}) {
    for (const api::Container& container : *list) {
      if (container.name == name) return &container;
    }
  }
  return nullptr;
}

bool IsEphemeral(const api::PodSpec& spec, const std::string& name) {
  return std::any_of(spec.ephemeral_containers.begin(), spec.ephemeral_containers.end(),
                     [&](const api::Container& container) { return container.name == name; });
}

const api::Container& ContainerOf(const api::PodSpec& spec, const StartContainer& start) {
  if (start.ephemeral) return spec.ephemeral_containers[start.index];
  return start.init ? spec.init_containers[start.index] : spec.containers[start.index];
}

StartContainer StartNamed(const api::PodSpec& spec, const std::string& name) {
  for (const bool init : {true, false}) {
    const std::vector<api::Container>& list = init ? spec.init_containers : spec.containers;
    for (size_t i = 0; i < list.size(); ++i) {
      if (list[i].name == name) return {init, i};
    }
  }
  return {};
}

const cri::Container* Newest(const observe::PodState& state, const std::string& name, const std::string& sandbox_id) {
  for (const cri::Container& container : state.containers) {  // newest first
    if (container.name == name && (sandbox_id.empty() || container.sandbox_id == sandbox_id)) return &container;
  }
  return nullptr;
}

const cri::Sandbox* UsableSandbox(const api::Pod& pod, const observe::PodState& state) {
  for (const cri::Sandbox& sandbox : state.sandboxes) {
    if (sandbox.state == cri::SandboxState::kReady && (pod.spec.host_network || !sandbox.ips.empty())) return &sandbox;
  }
  return nullptr;
}

/// containerd's record of a start that failed (pkg/cri/server/container_start.go: StartError), by the words of Go's
/// context when the caller's connection was gone.
bool StartCutOff(const cri::Container& container) {
  return container.state == ContainerState::kExited && container.reason == "StartError" &&
         container.message.find("context canceled") != std::string::npos;
}

const cri::Container* LastEnd(const observe::PodState& state, const std::string& name) {
  for (const cri::Container& container : state.containers) {  // newest first
    if (container.name == name && HasEnded(container) && !StartCutOff(container)) return &container;
  }
  return nullptr;
}

Duration RanFor(const cri::Container& ended) {
  return ended.started_at == WallTime{} ? Duration::zero() : ended.finished_at - ended.started_at;
}

bool IsSidecar(const api::Container& container) { return container.restart_policy == "Always"; }

const std::string& PolicyOf(const api::PodSpec& spec, const api::Container& container) {
  return container.restart_policy.empty() ? spec.restart_policy : container.restart_policy;
}

bool RestartsAfterExit(const api::PodSpec& spec, const api::Container& container, bool init, int32_t exit_code,
                       bool probe_failed) {
  if (init && IsSidecar(container)) return true;
  if (init && exit_code == 0 && !probe_failed) return false;
  if (api::RuleFor(container, exit_code) != nullptr) return true;
  const std::string& policy = PolicyOf(spec, container);
  if (policy == "Never") return false;
  if (probe_failed) return true;
  if (policy == "OnFailure" || init) return exit_code != 0;
  return true;
}

std::string ContainerHash(const api::Json& container) {
  api::Json changeable = api::Json::object();
  for (const char* member : {"image", "name"}) {
    if (container.contains(member)) changeable[member] = container[member];
  }
  return DocumentHash(changeable);
}

bool ImageChanged(const api::Pod& pod, const StartContainer& start, const cri::Container& made) {
  const auto hash = made.annotations.find(observe::kContainerHash);
  if (hash == made.annotations.end()) return false;
  const api::Container& wanted = ContainerOf(pod.spec, start);
  const api::Json said{{"image", wanted.image}, {"name", wanted.name}};
  if (hash->second == ContainerHash(said)) return false;
  const char* list = start.init ? "initContainers" : start.ephemeral ? "ephemeralContainers" : "containers";
  const api::Json& documents = api::Member(api::Member(pod.object.body(), "spec"), list);
  return documents.is_array() && start.index < documents.size() &&
         hash->second != ContainerHash(documents[start.index]) && hash->second != DocumentHash(documents[start.index]);
}

uint32_t StreakOf(const cri::Container& ended) {
  const auto said = ended.annotations.find(observe::kStreak);
  uint32_t streak = ended.attempt;
  if (said == ended.annotations.end()) return streak;
  const std::string& text = said->second;
  const bool read = std::from_chars(text.data(), text.data() + text.size(), streak).ec == std::errc();
  return read ? streak : ended.attempt;
}

WallTime RestartTime(const api::Pod& pod, const StartContainer& start, const observe::PodState& state,
                     const Memory& memory, WallTime now) {
  const cri::Container* last = LastEnd(state, ContainerOf(pod.spec, start).name);
  if (last == nullptr || ImageChanged(pod, start, *last)) return WallTime{};  // it never ran so: at once
  if (last->finished_at > now) return WallTime{};
  const auto known = memory.restarts.find(last->name);
  const Backoff backoff =
      known != memory.restarts.end() ? known->second : Backoff::AfterRestarts(memory.restart_backoff, StreakOf(*last));
  return backoff.NotBefore(last->finished_at, RanFor(*last));
}

std::string DocumentHash(const api::Json& container) {
  uint32_t hash = 2166136261U;
  for (const unsigned char byte : container.dump()) hash = (hash ^ byte) * 16777619U;
  return fmt::format("{:x}", hash);
}

}  // namespace ordinal::podsync

#include "agent/podsync/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ordinal::podsync {
namespace {

using cri::ContainerState;

bool Ended(const cri::Container& container) { return container.state == ContainerState::kExited; }

/// How a container that ended stands with its backoff.
WallTime RestartTime(const observe::PodState& state, const cri::Container& newest, const Memory& memory) {
  const cri::Container* last = StartCutOff(newest) ? LastEnd(state, newest.name) : &newest;
  if (last == nullptr) return WallTime{};  // it never ran: at once
  const cri::Container& ended = *last;
  const Duration ran = RanFor(ended);
  const auto known = memory.restarts.find(ended.name);
  const Backoff backoff =
      known != memory.restarts.end() ? known->second : Backoff::AfterRestarts(memory.restart_backoff, ended.attempt);
  return backoff.NotBefore(ended.finished_at, ran);
}

class Planner {
 public:
  Planner(const api::Pod& pod, const PodSeen& seen, const Memory& memory)
      : pod_(pod), seen_(seen), state_(seen.runtime), memory_(memory), now_(seen.now) {}

  Plan Make() {
    PlanSandboxes();
    if (pod_.Terminal()) {
      Finish("the pod is over");  // and stays so, even where the runtime remembers nothing of it
    } else if (!memory_.failed_reason.empty()) {
      Finish(memory_.failed_reason);
    } else if (OverForGood()) {
      Finish("the pod is finished");  // sidecars may still run
    } else if (DeadlinePassed()) {
      plan_.deadline_exceeded = true;
      Finish("activeDeadlineSeconds passed");
    } else {
      PlanContainers();
    }
    PlanLeftovers();
    PutInOrder();
    return std::move(plan_);
  }

 private:
  void LookAgain(WallTime when) {
    if (!plan_.look_again || when < *plan_.look_again) plan_.look_again = when;
  }

  bool DeadlinePassed() {
    if (!pod_.spec.active_deadline_seconds || !pod_.status.start_time) return false;
    const WallTime deadline = *pod_.status.start_time + std::chrono::seconds(*pod_.spec.active_deadline_seconds);
    if (now_ >= deadline) return true;
    LookAgain(deadline);
    return false;
  }

  void KillEverything(const std::string& why) {
    for (const cri::Container& container : state_.containers) {
      if (observe::Live(container)) kill_.push_back({container.id, container.name, why});
    }
  }

  void KillLost(const cri::Container& container) {
    kill_.push_back({container.id, container.name, "the runtime lost track of it"});
  }

  void PlanSandboxes() {
    const cri::Sandbox* usable = UsableSandbox(pod_, state_);
    if (usable != nullptr) sandbox_id_ = usable->id;
    for (const cri::Sandbox& sandbox : state_.sandboxes) {
      sandbox_attempt_ = std::max(sandbox_attempt_, sandbox.attempt + 1);
      if (&sandbox != usable && !memory_.stopped_sandboxes.contains(sandbox.id)) {
        stop_sandboxes_.push_back(sandbox.id);
      }
    }
  }

  /// Nothing of the pod runs any more, or shall: its sandbox gives up its address.
  void Finish(const std::string& why) {
    plan_.finished = true;
    KillEverything(why);
    if (!sandbox_id_.empty() && !memory_.stopped_sandboxes.contains(sandbox_id_)) {
      stop_sandboxes_.push_back(sandbox_id_);
    }
  }

  /// A pod whose containers all ended for good needs no sandbox any more.
  bool OverForGood() const {
    bool any_ended = false;
    for (const api::Container& container : pod_.spec.init_containers) {
      const cri::Container* newest = Newest(state_, container.name);
      if (IsSidecar(container) || newest == nullptr || !Ended(*newest) || newest->exit_code == 0) continue;
      if (!RestartsAfterExit(pod_.spec, container, true, newest->exit_code)) return true;
    }
    for (const api::Container& container : pod_.spec.containers) {
      const cri::Container* newest = Newest(state_, container.name);
      if (newest == nullptr || !Ended(*newest)) return false;
      if (RestartsAfterExit(pod_.spec, container, false, newest->exit_code)) return false;
      any_ended = true;
    }
    return any_ended;
  }

  void PlanContainers() {
    if (sandbox_id_.empty()) {
      KillEverything(kSandboxChanged);
      if (memory_.pod_retry && now_ < memory_.pod_retry->not_before) {
        LookAgain(memory_.pod_retry->not_before);
        return;
      }
      create_sandbox_ = true;
      PlanFirstStarts();
      create_sandbox_ = !start_.empty();
      return;
    }
    if (PlanInit()) PlanMain();
  }

  /// Something runs, or has run, that restartPolicy Never lets run once only. An init container that did its work may
  /// do it again, and a sidecar always.
  bool Began() const {
    const auto began = [this](const api::Container& container, bool init) {
      const cri::Container* newest = Newest(state_, container.name);
      if (newest == nullptr || newest->state == ContainerState::kCreated) return false;
      return !init || !(IsSidecar(container) || (Ended(*newest) && newest->exit_code == 0));
    };
    const std::vector<api::Container>& inits = pod_.spec.init_containers;
    const std::vector<api::Container>& mains = pod_.spec.containers;
    return std::any_of(inits.begin(), inits.end(), [&](const auto& container) { return began(container, true); }) ||
           std::any_of(mains.begin(), mains.end(), [&](const auto& container) { return began(container, false); });
  }

  /// In a new sandbox everything starts from the beginning: the first init container, or all containers.
  void PlanFirstStarts() {
    if (pod_.spec.restart_policy == "Never" && Began()) return;
    if (!pod_.spec.init_containers.empty()) {
      Start(true, 0);
      return;
    }
    for (size_t i = 0; i < pod_.spec.containers.size(); ++i) {
      const cri::Container* old = Newest(state_, pod_.spec.containers[i].name);
      if (old != nullptr && Ended(*old) &&
          !RestartsAfterExit(pod_.spec, pod_.spec.containers[i], false, old->exit_code)) {
        continue;
      }
      Start(false, i);
    }
  }

  /// Plans init containers; true when the containers proper may be started.
  bool PlanInit() {
    const bool main_began = std::any_of(pod_.spec.containers.begin(), pod_.spec.containers.end(),
                                        [&](const auto& c) { return Newest(state_, c.name, sandbox_id_) != nullptr; });
    for (size_t i = 0; i < pod_.spec.init_containers.size(); ++i) {
      const api::Container& container = pod_.spec.init_containers[i];
      const cri::Container* newest = Newest(state_, container.name, sandbox_id_);
      if (newest == nullptr || newest->state == ContainerState::kCreated) {
        if (main_began && !IsSidecar(container)) continue;
        Start(true, i);
        return main_began;
      }
      if (newest->state == ContainerState::kUnknown) {
        KillLost(*newest);
        return main_began;
      }
      if (observe::Live(*newest)) {
        if (IsSidecar(container)) continue;
        return false;
      }
      if (!IsSidecar(container) && (newest->exit_code == 0 || main_began)) continue;
      if (!RestartsAfterExit(pod_.spec, container, true, newest->exit_code)) return false;
      StartAgain(true, i, *newest);
      if (!main_began) return false;
    }
    return true;
  }

  void PlanMain() {
    for (size_t i = 0; i < pod_.spec.containers.size(); ++i) {
      const api::Container& container = pod_.spec.containers[i];
      const cri::Container* newest = Newest(state_, container.name, sandbox_id_);
      if (newest == nullptr || newest->state == ContainerState::kCreated) {
        const cri::Container* before = Newest(state_, container.name);
        if (newest == nullptr && before != nullptr && Ended(*before) &&
            !RestartsAfterExit(pod_.spec, container, false, before->exit_code)) {
          continue;
        }
        Start(false, i);
      } else if (newest->state == ContainerState::kUnknown) {
        KillLost(*newest);
      } else if (Ended(*newest)) {
        if (RestartsAfterExit(pod_.spec, container, false, newest->exit_code)) StartAgain(false, i, *newest);
      } else if (Changed(i, *newest)) {
        kill_.push_back({newest->id, newest->name, "its specification changed"});
      }
    }
  }

  bool Changed(size_t index, const cri::Container& running) const {
    const auto hash = running.annotations.find(observe::kContainerHash);
    if (hash == running.annotations.end()) return false;
    const api::Container& wanted = pod_.spec.containers[index];
    const api::Json said{{"image", wanted.image}, {"name", wanted.name}};
    if (hash->second == ContainerHash(said)) return false;
    const api::Json& documents = api::Member(api::Member(pod_.object.body(), "spec"), "containers");
    return documents.is_array() && index < documents.size() && hash->second != ContainerHash(documents[index]) &&
           hash->second != DocumentHash(documents[index]);
  }

  void Start(bool init, size_t index) {
    const api::Container& container = init ? pod_.spec.init_containers[index] : pod_.spec.containers[index];
    if (!create_sandbox_ && Deferred(container.name)) return;
    const cri::Container* old = Newest(state_, container.name);
    // One that was created but never started (the agent ended in between) is made again under its own number.
    const bool half_made = old != nullptr && old->state == ContainerState::kCreated;
    start_.push_back({init, index, old == nullptr ? 0 : old->attempt + (half_made ? 0 : 1)});
  }

  void StartAgain(bool init, size_t index, const cri::Container& ended) {
    const WallTime when = RestartTime(state_, ended, memory_);
    // Both times are looked at: a failed start is shown as such only until its own retry (pod_status.cc).
    const bool deferred = Deferred(ended.name);
    if (now_ < when) {
      plan_.backing_off.push_back({ended.id, ended.name});
      LookAgain(when);
    }
    if (deferred || now_ < when) return;
    start_.push_back({init, index, ended.attempt + 1});
  }

  /// A creation that failed shortly before waits for its own backoff.
  bool Deferred(const std::string& name) {
    const auto retry = memory_.retries.find(name);
    if (retry == memory_.retries.end() || now_ >= retry->second.not_before) return false;
    if (retry->second.not_before != WallTime::max()) LookAgain(retry->second.not_before);
    return true;
  }

  /// Removing this record failed shortly before: that nothing waits for it is no reason to try at every look.
  bool TidiedLater(const std::string& id) {
    const auto after = memory_.tidy_after.find(id);
    if (after == memory_.tidy_after.end() || now_ >= after->second) return false;
    LookAgain(after->second);
    return true;
  }

  /// Ended containers but the newest of each name go; so do sandboxes that hold nothing worth keeping.
  void PlanLeftovers() {
    std::set<std::string> ended, kept_sandboxes;
    const bool starting_again = !start_.empty();
    for (const cri::Container& container : state_.containers) {  // newest first
      const bool surplus = Ended(container) && !ended.insert(container.name).second;
      if (starting_again && container.state == ContainerState::kCreated) {
        drop_containers_.push_back(container.id);
      } else if (surplus && !TidiedLater(container.id)) {
        remove_containers_.push_back(container.id);
      } else {
        kept_sandboxes.insert(container.sandbox_id);
      }
    }
    for (const cri::Sandbox& sandbox : state_.sandboxes) {
      if (sandbox.id != sandbox_id_ && !kept_sandboxes.contains(sandbox.id) && !TidiedLater(sandbox.id)) {
        remove_sandboxes_.push_back(sandbox.id);
      }
    }
  }

  /// Volumes that could not be had are tried again after their backoff, in a sandbox that is there too.
  void AwaitVolumes() {
    if (start_.empty() || create_sandbox_ || !WaitsForVolume(memory_) || now_ >= memory_.pod_retry->not_before) return;
    start_.clear();
    LookAgain(memory_.pod_retry->not_before);
  }

  /// What the files of a running pod are made from is not what they were written from.
  bool FilesDiffer() {
    if (plan_.finished || sandbox_id_.empty() || !seen_.references_known) return false;
    if (VersionsOf(seen_.files) == memory_.files) return false;
    if (!memory_.files_retry || now_ >= memory_.files_retry->not_before) return true;
    LookAgain(memory_.files_retry->not_before);
    return false;
  }

  /// What runs in an old sandbox has ended before anything starts in a new one; records of earlier ends make room last:
  /// nobody waits for it.
  void PutInOrder() {
    // First: whatever becomes of the rest, who runs sees what its files are made from.
    if (FilesDiffer()) plan_.steps.emplace_back(RefreshFiles{});
    if (!kill_.empty()) plan_.steps.emplace_back(EndContainers{kill_});
    for (const std::string& id : stop_sandboxes_) plan_.steps.emplace_back(StopSandbox{id});
    for (const std::string& id : drop_containers_) plan_.steps.emplace_back(DropContainer{id});
    AwaitVolumes();
    if (!start_.empty()) plan_.steps.emplace_back(PrepareVolumes{});
    if (create_sandbox_) plan_.steps.emplace_back(MakeSandbox{sandbox_attempt_});
    for (const StartContainer& start : start_) plan_.steps.emplace_back(start);
    for (const std::string& id : remove_containers_) plan_.steps.emplace_back(RemoveContainer{id});
    for (const std::string& id : remove_sandboxes_) plan_.steps.emplace_back(RemoveSandbox{id});
  }

  const api::Pod& pod_;
  const PodSeen& seen_;
  const observe::PodState& state_;
  const Memory& memory_;
  const WallTime now_;
  Plan plan_;
  // The steps by kind, until they are put in order.
  std::vector<ContainerKill> kill_;
  std::vector<std::string> stop_sandboxes_, drop_containers_, remove_containers_, remove_sandboxes_;
  bool create_sandbox_ = false;
  uint32_t sandbox_attempt_ = 0;
  std::string sandbox_id_;  ///< to start containers in, when none is made
  std::vector<StartContainer> start_;
};

}  // namespace

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
    if (container.name == name && Ended(container) && !StartCutOff(container)) return &container;
  }
  return nullptr;
}

Duration RanFor(const cri::Container& ended) {
  return ended.started_at == WallTime{} ? Duration::zero() : ended.finished_at - ended.started_at;
}

bool IsSidecar(const api::Container& container) { return container.restart_policy == "Always"; }

bool RestartsAfterExit(const api::PodSpec& spec, const api::Container& container, bool init, int32_t exit_code) {
  if (init && IsSidecar(container)) return true;
  if (spec.restart_policy == "Never") return false;
  if (spec.restart_policy == "OnFailure" || init) return exit_code != 0;
  return true;
}

std::string ContainerHash(const api::Json& container) {
  api::Json changeable = api::Json::object();
  for (const char* member : {"image", "name"}) {
    if (container.contains(member)) changeable[member] = container[member];
  }
  return DocumentHash(changeable);
}

std::string DocumentHash(const api::Json& container) {
  uint32_t hash = 2166136261U;
  for (const unsigned char byte : container.dump()) hash = (hash ^ byte) * 16777619U;
  return fmt::format("{:x}", hash);
}

Plan PlanPod(const api::Pod& pod, const PodSeen& seen, const Memory& memory) {
  return Planner(pod, seen, memory).Make();
}

}  // namespace ordinal::podsync

#include "agent/podsync/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "agent/podsync/rounds.h"
#include "agent/podsync/why_ended.h"

namespace ordinal::podsync {
namespace {

using cri::ContainerState;

bool Ended(const cri::Container& container) { return container.state == ContainerState::kExited; }

class Planner {
 public:
  Planner(const api::Pod& pod, const PodSeen& seen, const Memory& memory)
      : pod_(pod),
        seen_(seen),
        state_(seen.runtime),
        memory_(memory),
        now_(seen.now),
        round_(RoundOf(pod, seen.runtime, memory)) {}

  Plan Make() {
    PlanSandboxes();
    if (pod_.Terminal()) {
      Finish("the pod is over");  // and stays so, even where the runtime remembers nothing of it
    } else if (!memory_.failed_reason.empty()) {
      Finish(memory_.failed_reason);
    } else if (Rests(memory_)) {
      Finish(memory_.node_end->reason);
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
    ends_in_order_ = EndsOfPod(pod_, state_, memory_, why, seen_.steady);
    if (!sandbox_id_.empty() && !memory_.stopped_sandboxes.contains(sandbox_id_)) {
      stop_sandboxes_.push_back(sandbox_id_);
    }
  }

  bool ComesBack(const api::Container& container, bool init, const cri::Container& ended) const {
    if (round_.Before(ended) || memory_.ended_to_restart.contains(ended.id)) return true;
    const bool probe_failed = StandingOf(seen_.probes, ended.id).failure.has_value();
    return RestartsAfterExit(pod_.spec, container, init, ended.exit_code, probe_failed);
  }

  /// A pod whose containers all ended for good needs no sandbox any more.
  bool OverForGood() const {
    bool any_ended = false;
    if (round_.begun_by != nullptr) return false;
    for (const api::Container& container : pod_.spec.init_containers) {
      const cri::Container* newest = Newest(state_, container.name);
      if (IsSidecar(container) || newest == nullptr || !Ended(*newest) || newest->exit_code == 0) continue;
      if (!ComesBack(container, true, *newest)) return true;
    }
    for (const api::Container& container : pod_.spec.containers) {
      const cri::Container* newest = Newest(state_, container.name);
      if (newest == nullptr || !Ended(*newest)) return false;
      if (ComesBack(container, false, *newest)) return false;
      any_ended = true;
    }
    return any_ended;
  }

  void PlanContainers() {
    if (round_.begun_by != nullptr && !RoundMayBegin(*round_.begun_by)) return;
    if (sandbox_id_.empty()) {
      kill_ = KillsOfAll(pod_, state_, memory_, kSandboxChanged);
      if (memory_.pod_retry && memory_.pod_retry->Waits(now_)) {
        LookAgain(memory_.pod_retry->not_before);
        return;
      }
      create_sandbox_ = true;
      PlanFirstStarts();
      create_sandbox_ = !start_.empty();
      return;
    }
    PlanEphemeral();
    if (PlanInit()) PlanMain();
  }

  /// All containers are to start again: when those that run have ended, and whose end it was may start again.
  bool RoundMayBegin(const cri::Container& ended) {
    ends_in_order_ = EndsBefore(round_, pod_, state_);
    if (!ends_in_order_.empty()) return false;
    const WallTime when = RestartTime(pod_, StartNamed(pod_.spec, ended.name), state_, memory_, now_);
    if (now_ >= when) return true;
    plan_.backing_off.push_back({ended.id, ended.name});
    LookAgain(when);
    if (!sandbox_id_.empty()) PlanEphemeral();
    return false;
  }

  /// Whatever the others do; each once. A start that was cut off was none.
  void PlanEphemeral() {
    for (size_t i = 0; i < pod_.spec.ephemeral_containers.size(); ++i) {
      const std::string& name = pod_.spec.ephemeral_containers[i].name;
      const cri::Container* made = Newest(state_, name);
      const bool cut_off = made != nullptr && StartCutOff(*made);
      const bool waits = made == nullptr || made->state == ContainerState::kCreated || cut_off;
      const uint32_t attempt = made == nullptr ? 0 : made->attempt + (cut_off ? 1 : 0);
      if (waits && !Deferred(name)) start_.push_back({false, i, attempt, true, round_.number});
    }
  }

  /// The newest of that name in the sandbox and the round that containers are started in.
  const cri::Container* Current(const std::string& name) const {
    const cri::Container* newest = Newest(state_, name, sandbox_id_);
    return newest == nullptr || round_.Before(*newest) ? nullptr : newest;
  }

  /// A container's own policy, or a rule, goes before the pod's.
  bool AnyComesBack() const {
    if (round_.begun_by != nullptr) return true;
    const auto back = [this](const api::Container& container, bool init) {
      const cri::Container* newest = Newest(state_, container.name);
      return newest != nullptr && Ended(*newest) && !(init && IsSidecar(container)) &&
             ComesBack(container, init, *newest);
    };
    const std::vector<api::Container>& inits = pod_.spec.init_containers;
    const std::vector<api::Container>& mains = pod_.spec.containers;
    return std::any_of(inits.begin(), inits.end(), [&](const auto& container) { return back(container, true); }) ||
           std::any_of(mains.begin(), mains.end(), [&](const auto& container) { return back(container, false); });
  }

  /// In a new sandbox everything starts from the beginning: the first init container, or all containers.
  void PlanFirstStarts() {
    if (pod_.spec.restart_policy == "Never" && Began(pod_, state_) && !AnyComesBack()) return;
    if (!pod_.spec.init_containers.empty()) {
      Start(true, 0);
      return;
    }
    for (size_t i = 0; i < pod_.spec.containers.size(); ++i) {
      const api::Container& container = pod_.spec.containers[i];
      const cri::Container* old = Newest(state_, container.name);
      // One that is being ended is judged when it has.
      const bool waits = old != nullptr && observe::Live(*old) && PolicyOf(pod_.spec, container) == "Never";
      if (waits || (old != nullptr && Ended(*old) && !ComesBack(container, false, *old))) continue;
      Start(false, i);
    }
  }

  /// Plans init containers; true when the containers proper may be started.
  bool PlanInit() {
    const bool main_began = std::any_of(pod_.spec.containers.begin(), pod_.spec.containers.end(),
                                        [this](const auto& c) { return Current(c.name) != nullptr; });
    for (size_t i = 0; i < pod_.spec.init_containers.size(); ++i) {
      const api::Container& container = pod_.spec.init_containers[i];
      const cri::Container* newest = Current(container.name);
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
        if (!IsSidecar(container)) return false;
        const bool failed = EndOf({true, i}, *newest);
        if (!failed) Resize(container, *newest);
        if (!main_began && (failed || !StandingOf(seen_.probes, newest->id).started)) return false;
        continue;
      }
      if (!IsSidecar(container) && (newest->exit_code == 0 || main_began)) continue;
      if (!ComesBack(container, true, *newest)) return false;
      StartAgain(true, i, *newest);
      if (!main_began) return false;
    }
    return true;
  }

  void PlanMain() {
    for (size_t i = 0; i < pod_.spec.containers.size(); ++i) {
      const api::Container& container = pod_.spec.containers[i];
      const cri::Container* newest = Current(container.name);
      if (newest == nullptr || newest->state == ContainerState::kCreated) {
        const cri::Container* before = Newest(state_, container.name);
        if (newest == nullptr && before != nullptr && Ended(*before) && !ComesBack(container, false, *before)) {
          continue;
        }
        Start(false, i);
      } else if (newest->state == ContainerState::kUnknown) {
        KillLost(*newest);
      } else if (Ended(*newest)) {
        if (ComesBack(container, false, *newest)) StartAgain(false, i, *newest);
      } else if (!EndOf({false, i}, *newest)) {
        Resize(container, *newest);
      }
    }
  }

  /// Ends a container whose image is another one now, or whose liveness or startup probe failed. False for any other.
  bool EndOf(const StartContainer& start, const cri::Container& running) {
    std::optional<ContainerKill> kill = WhyToEnd(pod_, start, running, StandingOf(seen_.probes, running.id));
    if (kill) kill_.push_back(*std::move(kill));
    return kill.has_value();
  }

  /// A container that is to have other resources is changed, or ended where its policy asks for that: it starts again
  /// with them.
  void Resize(const api::Container& container, const cri::Container& running) {
    const auto actuated = seen_.actuated.find(running.id);
    if (actuated == seen_.actuated.end() || running.state != ContainerState::kRunning) return;
    const Difference differs = DifferenceOf(actuated->second, seen_.allocated.PortionOf(container.name));
    if (std::optional<ContainerKill> kill = WhyToEnd(container, running, differs)) {
      kill_.push_back(*std::move(kill));
    } else if (differs.any()) {
      resize_.push_back({running.id, running.name});
    }
  }

  /// What failed shortly before waits for its backoff; it may be the pod's own cgroup alone that is left.
  bool ResizesNow() {
    const bool any = !resize_.empty() || memory_.resize_retry || seen_.unfinished;
    if (plan_.finished || sandbox_id_.empty() || !any) return false;
    if (!memory_.resize_retry || !memory_.resize_retry->Waits(now_)) return true;
    LookAgain(memory_.resize_retry->not_before);
    return false;
  }

  void Start(bool init, size_t index) {
    const api::Container& container = init ? pod_.spec.init_containers[index] : pod_.spec.containers[index];
    if (!create_sandbox_ && Deferred(container.name)) return;
    const cri::Container* old = Newest(state_, container.name);
    // One that was created but never started (the agent ended in between) is made again under its own number.
    const bool half_made = old != nullptr && old->state == ContainerState::kCreated;
    const uint32_t attempt = old == nullptr ? 0 : old->attempt + (half_made ? 0 : 1);
    start_.push_back({init, index, attempt, false, round_.number});
  }

  void StartAgain(bool init, size_t index, const cri::Container& ended) {
    const WallTime when = RestartTime(pod_, {init, index}, state_, memory_, now_);
    // Both times are looked at: a failed start is shown as such only until its own retry (pod_status.cc).
    const bool deferred = Deferred(ended.name);
    if (now_ < when) {
      plan_.backing_off.push_back({ended.id, ended.name});
      LookAgain(when);
    }
    if (deferred || now_ < when) return;
    start_.push_back({init, index, ended.attempt + 1, false, round_.number});
  }

  /// A creation that failed shortly before waits for its own backoff.
  bool Deferred(const std::string& name) {
    const auto retry = memory_.retries.find(name);
    if (retry == memory_.retries.end() || !retry->second.Waits(now_)) return false;
    if (retry->second.not_before != WallTime::max()) LookAgain(retry->second.not_before);
    return true;
  }

  /// Removing this record failed shortly before: that nothing waits for it is no reason to try at every look.
  bool TidiedLater(const std::string& id) {
    const auto after = memory_.tidy_after.find(id);
    if (after == memory_.tidy_after.end() || !StillWaits(after->second, kTidyRetry, now_)) return false;
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
    if (start_.empty() || create_sandbox_ || !WaitsForVolume(memory_) || !memory_.pod_retry->Waits(now_)) return;
    start_.clear();
    LookAgain(memory_.pod_retry->not_before);
  }

  /// What the files of a running pod are made from is not what they were written from.
  bool FilesDiffer() {
    if (plan_.finished || sandbox_id_.empty() || !seen_.references_known) return false;
    if (VersionsOf(seen_.files) == memory_.files) return false;
    if (!memory_.files_retry || !memory_.files_retry->Waits(now_)) return true;
    LookAgain(memory_.files_retry->not_before);
    return false;
  }

  /// What runs in an old sandbox has ended before anything starts in a new one; records of earlier ends make room last:
  /// nobody waits for it.
  void PutInOrder() {
    // First: whatever becomes of the rest, who runs sees what its files are made from.
    if (FilesDiffer()) plan_.steps.emplace_back(RefreshFiles{});
    if (!kill_.empty()) plan_.steps.emplace_back(EndContainers{kill_});
    for (const EndContainers& ends : ends_in_order_) plan_.steps.emplace_back(ends);
    for (const std::string& id : stop_sandboxes_) plan_.steps.emplace_back(StopSandbox{id});
    for (const std::string& id : drop_containers_) plan_.steps.emplace_back(DropContainer{id});
    if (ResizesNow()) plan_.steps.emplace_back(ResizeContainers{resize_});
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
  const Round round_;
  Plan plan_;
  // The steps by kind, until they are put in order.
  std::vector<ContainerKill> kill_;
  std::vector<EndContainers> ends_in_order_;
  std::vector<std::string> stop_sandboxes_, drop_containers_, remove_containers_, remove_sandboxes_;
  bool create_sandbox_ = false;
  uint32_t sandbox_attempt_ = 0;
  std::string sandbox_id_;  ///< to start containers in, when none is made
  std::vector<StartContainer> start_;
  std::vector<ResizeContainers::One> resize_;
};

}  // namespace

Plan PlanPod(const api::Pod& pod, const PodSeen& seen, const Memory& memory) {
  return Planner(pod, seen, memory).Make();
}

}  // namespace ordinal::podsync

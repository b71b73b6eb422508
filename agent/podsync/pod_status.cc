#include "agent/podsync/pod_status.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "agent/api/kinds/pod/readiness_gates.h"
#include "agent/api/kinds/pod/status_merge.h"
#include "agent/base/utf8.h"
#include "agent/podsync/backoff_words.h"
#include "agent/podsync/plan.h"
#include "agent/podsync/rounds.h"
#include "agent/podsync/status_resources.h"

namespace ordinal::podsync {
namespace {

using cri::ContainerState;

// What all containers of a pod may say about their ends together (pkg/kubelet/container, and how status_manager.go
// divides it among them).
constexpr size_t kMaxMessages = 12 * 1024;
constexpr size_t kMaxReason = 1024;

std::string IdOf(const cri::Container& container) { return "containerd://" + container.id; }

api::TerminatedState Terminated(const cri::Container& container, const StatusFacts& facts, size_t max_message) {
  api::TerminatedState state;
  state.exit_code = container.exit_code;
  state.reason = container.exit_code == 0 ? "Completed" : "Error";
  if (!container.reason.empty()) state.reason = ValidText(container.reason, kMaxReason);
  state.started_at = container.started_at;
  state.finished_at = container.finished_at;
  state.container_id = IdOf(container);
  const auto message = facts.termination_messages.find(container.id);
  const bool said = message != facts.termination_messages.end() && !message->second.empty();
  state.message = ValidText(said ? message->second : container.message, max_message);
  return state;
}

api::WaitingState WaitingState(const Waiting& waiting) {
  return {ValidText(waiting.reason, kMaxReason), ValidText(waiting.message)};
}

/// `recursive`: the handler has mounts that are read-only all the way down.
std::vector<api::VolumeMountStatus> VolumeMounts(const api::Container& container, bool recursive) {
  std::vector<api::VolumeMountStatus> mounts;
  for (const api::VolumeMount& mount : container.mounts) {
    const std::string& mode = mount.recursive_read_only;
    const bool all_down = mode == "Enabled" || (mode == "IfPossible" && recursive);
    mounts.push_back({mount.name, mount.mount_path, mount.read_only, all_down});
  }
  return mounts;
}

class StatusMaker {
 public:
  StatusMaker(const api::Pod& pod, const api::PodStatus& before, const observe::PodState& state, const Memory& memory,
              const StatusFacts& facts, WallTime now)
      : pod_(pod),
        before_(before),
        state_(state),
        memory_(memory),
        facts_(facts),
        now_(now),
        sandbox_(UsableSandbox(pod, state)),
        round_(RoundOf(pod, state, memory)) {}

  api::PodStatus Make() {
    api::PodStatus status;
    status.init_container_statuses = Statuses(pod_.spec.init_containers, true);
    status.container_statuses = Statuses(pod_.spec.containers, false);
    for (const api::Container& container : pod_.spec.ephemeral_containers) {
      status.ephemeral_container_statuses.push_back(EphemeralStatusOf(container));
    }
    phase_ = Phase();
    // Also one that never began is over then (pkg/kubelet/status/status_manager.go, TerminatePod).
    if (facts_.last && phase_ != "Succeeded") phase_ = "Failed";
    status.phase = phase_;
    const bool failed_now = !memory_.failed_reason.empty();
    const std::string& reason = failed_now ? memory_.failed_reason : before_.reason;
    if (failed_now || (before_.Terminal() && !reason.empty())) {
      status.reason = reason;
      status.message = failed_now ? memory_.failed_message : before_.message;
    } else if (Rests(memory_) && !status.Terminal()) {
      status.reason = memory_.node_end->reason;
      status.message = memory_.node_end->message;
    }
    AddConditions(status);
    AddAddresses(status);
    AddPodResources(facts_, pod_.spec, status);
    status.start_time = before_.start_time.value_or(now_);
    status.qos_class = api::QosClass(pod_.spec);
    status.observed_generation = pod_.meta.generation;
    return status;
  }

 private:
  /// The pod is over as a whole, whatever its containers would do.
  bool Over() const { return !memory_.failed_reason.empty() || before_.Terminal(); }

  std::vector<api::ContainerStatus> Statuses(const std::vector<api::Container>& containers, bool init) {
    std::vector<api::ContainerStatus> out;
    for (const api::Container& container : containers) out.push_back(StatusOf(container, init));
    return out;
  }

  api::ContainerStatus StatusOf(const api::Container& container, bool init) {
    const cri::Container* newest = Newest(state_, container.name);
    if (newest == nullptr && before_.Terminal()) {
      if (const api::ContainerStatus* kept = StatusBefore(container, init)) return *kept;
    }
    api::ContainerStatus status;
    const bool starting = newest != nullptr && memory_.starting.contains(newest->id) && observe::Live(*newest);
    if (newest == nullptr || newest->state == ContainerState::kCreated || starting) {
      status.state = WaitingState(WhyWaiting(container, init));
      if (newest != nullptr) status.last_state = LastEnded(container, init, newest);
    } else if (newest->state == ContainerState::kExited) {
      const bool back = ComesBack(container, init, *newest);
      const std::optional<Waiting> why = back ? WhyWaitingAgain(container, init, *newest) : std::nullopt;
      if (why) {
        status.state = WaitingState(*why);
        status.last_state = Ended(*newest);
      } else {
        status.state = Ended(*newest);
        status.last_state = LastEnded(container, init, newest);
        status.ready = init && !IsSidecar(container) && !back && newest->exit_code == 0;
      }
    } else {
      status.state = api::RunningState{newest->started_at};
      status.last_state = LastEnded(container, init, newest);
      const probes::Standing standing = StandingOf(facts_.probes, newest->id);
      status.started = standing.started;
      status.ready = standing.ready && (!init || IsSidecar(container));
    }
    Identify(container, newest, status);
    return status;
  }

  /// Never started again, asked by no probe, and no matter of the pod's readiness.
  api::ContainerStatus EphemeralStatusOf(const api::Container& container) const {
    const cri::Container* newest = Newest(state_, container.name);
    if (newest == nullptr && before_.Terminal()) {
      for (const api::ContainerStatus& said : before_.ephemeral_container_statuses) {
        if (said.name == container.name) return said;
      }
    }
    api::ContainerStatus status;
    const bool cut_off = newest != nullptr && StartCutOff(*newest) && !Over();
    if (newest == nullptr || newest->state == ContainerState::kCreated || cut_off) {
      status.state = WaitingState(WhyWaiting(container, false));
    } else if (newest->state == ContainerState::kExited) {
      status.state = Ended(*newest);
    } else {
      status.state = api::RunningState{newest->started_at};
    }
    Identify(container, newest, status);
    return status;
  }

  void Identify(const api::Container& container, const cri::Container* newest, api::ContainerStatus& status) const {
    status.name = container.name;
    status.image = container.image;
    status.volume_mounts = VolumeMounts(container, facts_.recursive_read_only);
    AddResources(facts_, container.name, newest, status);
    if (newest == nullptr) return;
    status.restart_count = newest->attempt;
    status.image_id = newest->image_ref;
    status.container_id = IdOf(*newest);
  }

  api::TerminatedState Ended(const cri::Container& container) const {
    const size_t containers =
        pod_.spec.init_containers.size() + pod_.spec.containers.size() + pod_.spec.ephemeral_containers.size();
    return Terminated(container, facts_, kMaxMessages / std::max<size_t>(1, containers));
  }

  /// What was said of a container the runtime no longer remembers.
  const api::ContainerStatus* StatusBefore(const api::Container& container, bool init) const {
    for (const api::ContainerStatus& said : init ? before_.init_container_statuses : before_.container_statuses) {
      if (said.name == container.name) return &said;
    }
    return nullptr;
  }

  bool ComesBack(const api::Container& container, bool init, const cri::Container& ended) const {
    if (Over() || Rests(memory_) || pod_.deleting()) return false;
    if (round_.Before(ended) || memory_.ended_to_restart.contains(ended.id)) return true;
    const bool old_sandbox = sandbox_ == nullptr || ended.sandbox_id != sandbox_->id;
    if (init && !IsSidecar(container) && !old_sandbox && ended.exit_code == 0) return false;
    return RestartsAfterExit(pod_.spec, container, init, ended.exit_code,
                             StandingOf(facts_.probes, ended.id).failure.has_value());
  }

  /// How the one before ended. Its record may be removed when the pod is over: what was said of it stays.
  api::ContainerState LastEnded(const api::Container& container, bool init, const cri::Container* newest) const {
    for (const cri::Container& other : state_.containers) {
      if (&other != newest && other.name == container.name && other.state == ContainerState::kExited) {
        return Ended(other);
      }
    }
    const api::ContainerStatus* kept = StatusBefore(container, init);
    if (kept == nullptr || kept->container_id != IdOf(*newest)) return {};
    // Of one that waited to be started again, the last state was its own.
    const auto* ended = std::get_if<api::TerminatedState>(&kept->last_state);
    return ended != nullptr && ended->container_id != IdOf(*newest) ? kept->last_state : api::ContainerState();
  }

  Waiting WhyWaiting(const api::Container& container, bool init) const {
    const auto known = memory_.waiting.find(container.name);
    if (known != memory_.waiting.end()) return known->second;
    const bool inits_first = init || !pod_.spec.init_containers.empty();
    return {inits_first ? "PodInitializing" : "ContainerCreating", ""};
  }

  /// Nothing for one that is started again at once: it is shown as ended until its successor is there.
  std::optional<Waiting> WhyWaitingAgain(const api::Container& container, bool init,
                                         const cri::Container& ended) const {
    if (round_.Before(ended) && round_.begun_by == nullptr) return WhyWaiting(container, init);
    // The one whose end it was waits for its backoff, the others for that one.
    if (round_.Before(ended) && round_.begun_by->id != ended.id) return std::nullopt;
    const auto known = memory_.waiting.find(container.name);
    // That it could not be started is shown until its retry, then that it waits.
    const auto retry = memory_.retries.find(container.name);
    const bool shown = known != memory_.waiting.end() && (known->second.reason != "RunContainerError" ||
                                                          retry == memory_.retries.end() || retry->second.Waits(now_));
    if (shown) return known->second;
    const auto backoff = memory_.restarts.find(container.name);
    const Duration delay = backoff != memory_.restarts.end()
                               ? backoff->second.delay()
                               : Backoff::AfterRestarts(memory_.restart_backoff, StreakOf(ended)).delay();
    if (sandbox_ == nullptr) return Waiting{"ContainerCreating", ""};
    if (delay == Duration::zero()) return std::nullopt;
    return Waiting{"CrashLoopBackOff", BackoffMessage(pod_, container.name, delay)};
  }

  /// Its first run, and its postStart hook has not ended.
  bool NeverUp(const cri::Container& newest) const {
    return newest.attempt == 0 && memory_.starting.contains(newest.id) && observe::Live(newest);
  }

  /// Pending until every init container is done and every container has started once.
  std::string Phase() const {
    if (before_.Terminal()) return before_.phase;
    if (Over()) return "Failed";
    if (Rests(memory_)) return before_.phase == "Running" ? "Running" : "Pending";
    for (const api::Container& container : pod_.spec.init_containers) {
      const cri::Container* newest = Newest(state_, container.name);
      const bool ended = newest != nullptr && newest->state == ContainerState::kExited && !round_.Before(*newest);
      if (ended && newest->exit_code != 0 && !RestartsAfterExit(pod_.spec, container, true, newest->exit_code)) {
        return "Failed";
      }
    }
    size_t never = 0, over = 0, failed = 0;
    for (const api::Container& container : pod_.spec.containers) {
      const cri::Container* newest = Newest(state_, container.name);
      if (newest == nullptr || newest->state == ContainerState::kCreated || NeverUp(*newest)) {
        ++never;
      } else if (newest->state == ContainerState::kExited && !ComesBack(container, false, *newest)) {
        ++over;
        if (newest->exit_code != 0) ++failed;
      }
    }
    // A started pod that waits for a new sandbox has lost nothing of its past: it stays Running.
    if (never > 0) return before_.phase == "Running" && facts_.sandbox_expected ? "Running" : "Pending";
    if (over < pod_.spec.containers.size()) return "Running";
    return failed > 0 ? "Failed" : "Succeeded";
  }

  api::Condition Condition(const std::string& type, bool value, const std::string& reason = {},
                           const std::string& message = {}) const {
    const api::Condition* old = before_.FindCondition(type);
    const std::string word = value ? "True" : "False";
    const bool same = old != nullptr && old->status == word && old->last_transition;
    return {type, word, reason, message, same ? *old->last_transition : now_, pod_.meta.generation};
  }

  void AddConditions(api::PodStatus& status) const {
    // Where a container proper has started, all that goes before it is done, whatever became of it since.
    const std::vector<api::Container>& mains = pod_.spec.containers;
    const bool begun = std::any_of(mains.begin(), mains.end(), [this](const api::Container& container) {
      const cri::Container* newest = Newest(state_, container.name);
      return newest != nullptr && newest->state != ContainerState::kCreated;
    });
    std::vector<std::string> incomplete, unready;
    for (size_t i = 0; i < status.init_container_statuses.size(); ++i) {
      const api::ContainerStatus& each = status.init_container_statuses[i];
      const bool sidecar = IsSidecar(pod_.spec.init_containers[i]);
      if (!begun && (sidecar ? !each.started : !each.ready)) incomplete.push_back(each.name);
      if (sidecar && !each.ready) unready.push_back(each.name);
    }
    for (const api::ContainerStatus& each : status.container_statuses) {
      if (!each.ready) unready.push_back(each.name);
    }
    auto& out = status.conditions;
    out.push_back(Condition("PodReadyToStartContainers",
                            sandbox_ != nullptr && !memory_.stopped_sandboxes.contains(sandbox_->id)));
    if (phase_ == "Succeeded" || incomplete.empty()) {
      out.push_back(Condition("Initialized", true, phase_ == "Succeeded" ? "PodCompleted" : ""));
    } else {
      out.push_back(Condition("Initialized", false, "ContainersNotInitialized",
                              fmt::format("containers with incomplete status: [{}]", fmt::join(incomplete, " "))));
    }
    std::string reason = "ContainersNotReady";
    std::string message = fmt::format("containers with unready status: [{}]", fmt::join(unready, " "));
    if (status.Terminal()) {
      reason = phase_ == "Succeeded" ? "PodCompleted" : "PodFailed";
      message.clear();
    }
    const bool ready = !status.Terminal() && unready.empty() && incomplete.empty();
    if (ready) reason = message = std::string();
    const std::string closed = ready ? api::ClosedGates(pod_) : std::string();
    out.push_back(closed.empty() ? Condition("Ready", ready, reason, message)
                                 : Condition("Ready", false, "ReadinessGatesNotReady", closed));
    out.push_back(Condition("ContainersReady", ready, reason, message));
    out.push_back(Condition("PodScheduled", true));  // said by whoever placed it: a node has placed pods only
    if (MayRestartAll(pod_.spec)) out.push_back(AllRestarting(status));
    if (!status.Terminal()) AddResizeConditions(out);
    AddDisruption(out);
  }

  api::Condition AllRestarting(const api::PodStatus& status) const {
    const char* type = "AllContainersRestarting";
    if (status.Terminal()) return Condition(type, false, phase_ == "Succeeded" ? "PodCompleted" : "PodFailed");
    if (round_.begun_by == nullptr || pod_.deleting()) return Condition(type, false);
    return Condition(type, true, "RestartAllContainersStarted",
                     fmt::format("container {} exited with {}, which restarts all containers of the pod",
                                 round_.begun_by->name, round_.begun_by->exit_code));
  }

  /// They are there only while they hold (KEP 1287).
  void AddResizeConditions(std::vector<api::Condition>& out) const {
    if (facts_.pending) {
      out.push_back(Condition(api::kPodResizePending, true, facts_.pending->reason, facts_.pending->message));
      out.back().observed_generation = facts_.pending->generation;
    }
    const bool differs = sandbox_ != nullptr && HasOtherResources(facts_);
    if (!differs && !memory_.resize_retry) return;
    const std::string why = memory_.resize_retry ? memory_.resize_retry->why.message : "";
    out.push_back(Condition(api::kPodResizeInProgress, true, why.empty() ? "" : "Error", why));
    out.back().observed_generation = facts_.resize_generation;
  }

  /// That the node ended the pod; it is taken back when the pod runs again. Others say it of other ends.
  void AddDisruption(std::vector<api::Condition>& out) const {
    constexpr const char *kDisruption = "DisruptionTarget", *kByNode = "TerminationByKubelet";
    const api::Condition* old = before_.FindCondition(kDisruption);
    const bool ours = old != nullptr && (old->reason == kByNode || old->status == "False");
    if (memory_.node_end) {
      out.push_back(Condition(kDisruption, true, kByNode, memory_.node_end->message));
    } else if (ours && before_.Terminal()) {
      out.push_back(*old);
    } else if (ours) {
      out.push_back(Condition(kDisruption, false));
    }
  }

  void AddAddresses(api::PodStatus& status) const {
    status.host_ips = facts_.host_ips;
    if (sandbox_ != nullptr) status.pod_ips = pod_.spec.host_network ? facts_.host_ips : sandbox_->ips;
    // What ended for good keeps showing the address it had.
    if (status.pod_ips.empty() && status.Terminal()) status.pod_ips = before_.pod_ips;
    if (!status.pod_ips.empty()) status.pod_ip = status.pod_ips.front();
  }

  const api::Pod& pod_;
  const api::PodStatus& before_;
  const observe::PodState& state_;
  const Memory& memory_;
  const StatusFacts& facts_;
  const WallTime now_;
  const cri::Sandbox* sandbox_;
  const Round round_;
  std::string phase_;
};

}  // namespace

api::PodStatus MakePodStatus(const api::Pod& pod, const api::PodStatus& before, const observe::PodState& state,
                             const Memory& memory, const StatusFacts& facts, WallTime now) {
  return StatusMaker(pod, before, state, memory, facts, now).Make();
}

}  // namespace ordinal::podsync

#include "agent/podsync/pod_status.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "agent/base/utf8.h"
#include "agent/podsync/backoff_words.h"
#include "agent/podsync/plan.h"

namespace ordinal::podsync {
namespace {

using api::Json;
using cri::ContainerState;

// What all containers of a pod may say about their ends together (pkg/kubelet/container, and how status_manager.go
// divides it among them).
constexpr size_t kMaxMessages = 12 * 1024;
constexpr size_t kMaxReason = 1024;

Json Terminated(const cri::Container& container, const StatusFacts& facts, size_t max_message) {
  Json out = {{"exitCode", container.exit_code},
              {"reason", !container.reason.empty()  ? ValidText(container.reason, kMaxReason)
                         : container.exit_code == 0 ? "Completed"
                                                    : "Error"},
              {"startedAt", FormatTime(container.started_at)},
              {"finishedAt", FormatTime(container.finished_at)},
              {"containerID", "containerd://" + container.id}};
  const auto message = facts.termination_messages.find(container.id);
  if (message != facts.termination_messages.end() && !message->second.empty()) {
    out["message"] = ValidText(message->second, max_message);
  } else if (!container.message.empty()) {
    out["message"] = ValidText(container.message, max_message);
  }
  return {{"terminated", std::move(out)}};
}

Json WaitingState(const Waiting& waiting) {
  Json out = {{"reason", ValidText(waiting.reason, kMaxReason)}};
  if (!waiting.message.empty()) out["message"] = ValidText(waiting.message);
  return {{"waiting", std::move(out)}};
}

Json VolumeMounts(const api::Container& container) {
  Json out = Json::array();
  for (const api::VolumeMount& mount : container.mounts) {
    Json item = {{"name", mount.name}, {"mountPath", mount.mount_path}};
    if (mount.read_only) {
      item["readOnly"] = true;
      item["recursiveReadOnly"] = "Disabled";
    }
    out.push_back(std::move(item));
  }
  return out;
}

class StatusMaker {
 public:
  StatusMaker(const api::Pod& pod, const api::PodStatus& before, const cri::PodState& state, const Memory& memory,
              const StatusFacts& facts, WallTime now)
      : pod_(pod),
        before_(before),
        state_(state),
        memory_(memory),
        facts_(facts),
        now_(now),
        sandbox_(UsableSandbox(pod, state)) {}

  Json Make() {
    Json status = Json::object();
    const Json inits = Statuses(pod_.spec.init_containers, true);
    const Json mains = Statuses(pod_.spec.containers, false);
    phase_ = Phase();
    status["phase"] = phase_;
    const bool failed_now = !memory_.failed_reason.empty();
    const std::string& reason = failed_now ? memory_.failed_reason : before_.reason;
    if (failed_now || (Terminal() && !reason.empty())) {
      status["reason"] = reason;
      status["message"] = failed_now ? memory_.failed_message : before_.message;
    }
    status["conditions"] = Conditions(inits, mains);
    AddAddresses(status);
    status["startTime"] = FormatTime(before_.start_time.value_or(now_));
    if (!inits.empty()) status["initContainerStatuses"] = inits;
    if (!mains.empty()) status["containerStatuses"] = mains;
    status["qosClass"] = api::QosClass(pod_.spec);
    if (pod_.meta.generation > 0) status["observedGeneration"] = pod_.meta.generation;
    return status;
  }

 private:
  /// The pod is over as a whole, whatever its containers would do.
  bool Terminal() const { return before_.phase == "Succeeded" || before_.phase == "Failed"; }
  bool Over() const { return !memory_.failed_reason.empty() || Terminal(); }

  Json Statuses(const std::vector<api::Container>& containers, bool init) {
    Json out = Json::array();
    for (const api::Container& container : containers) out.push_back(StatusOf(container, init));
    return out;
  }

  Json StatusOf(const api::Container& container, bool init) {
    const cri::Container* newest = Newest(state_, container.name);
    if (newest == nullptr && Terminal()) {
      if (const Json* kept = StoredStatus(container, init)) return *kept;
    }
    Json state, last = Json::object();
    bool running = false, ready = false;
    if (newest == nullptr || newest->state == ContainerState::kCreated) {
      state = WaitingState(WhyWaiting(container, init));
    } else if (newest->state == ContainerState::kExited) {
      if (ComesBack(container, init, *newest)) {
        state = WaitingState(WhyWaitingAgain(container, *newest));
        last = Ended(*newest);
      } else {
        state = Ended(*newest);
        last = LastEnded(container, newest);
        ready = init && newest->exit_code == 0;
      }
    } else {
      state = {{"running", {{"startedAt", FormatTime(newest->started_at)}}}};
      last = LastEnded(container, newest);
      running = true;
      ready = !init || IsSidecar(container);
    }
    Json out = {{"name", container.name},
                {"state", std::move(state)},
                {"lastState", std::move(last)},
                {"ready", ready},
                {"restartCount", newest == nullptr ? 0 : newest->attempt},
                {"image", container.image},
                {"imageID", newest == nullptr ? "" : newest->image_ref},
                {"started", running}};
    if (newest != nullptr) out["containerID"] = "containerd://" + newest->id;
    if (Json mounts = VolumeMounts(container); !mounts.empty()) out["volumeMounts"] = std::move(mounts);
    return out;
  }

  Json Ended(const cri::Container& container) const {
    const size_t containers = pod_.spec.init_containers.size() + pod_.spec.containers.size();
    return Terminated(container, facts_, kMaxMessages / std::max<size_t>(1, containers));
  }

  /// What was written of a container the runtime no longer remembers.
  const Json* StoredStatus(const api::Container& container, bool init) const {
    for (const Json& stored : init ? before_.init_container_statuses : before_.container_statuses) {
      if (api::ReadString(stored, "name") == container.name) return &stored;
    }
    return nullptr;
  }

  bool ComesBack(const api::Container& container, bool init, const cri::Container& ended) const {
    if (Over() || pod_.deleting()) return false;
    const bool old_sandbox = sandbox_ == nullptr || ended.sandbox_id != sandbox_->id;
    if (init && !IsSidecar(container) && !old_sandbox && ended.exit_code == 0) return false;
    return RestartsAfterExit(pod_.spec, container, init, ended.exit_code);
  }

  Json LastEnded(const api::Container& container, const cri::Container* newest) const {
    for (const cri::Container& other : state_.containers) {
      if (&other != newest && other.name == container.name && other.state == ContainerState::kExited) {
        return Ended(other);
      }
    }
    return Json::object();
  }

  Waiting WhyWaiting(const api::Container& container, bool init) const {
    const auto known = memory_.waiting.find(container.name);
    if (known != memory_.waiting.end()) return known->second;
    const bool inits_first = init || !pod_.spec.init_containers.empty();
    return {inits_first ? "PodInitializing" : "ContainerCreating", ""};
  }

  Waiting WhyWaitingAgain(const api::Container& container, const cri::Container& ended) const {
    const auto known = memory_.waiting.find(container.name);
    // That it could not be started is shown until its retry, then that it waits.
    const auto retry = memory_.retries.find(container.name);
    const bool shown =
        known != memory_.waiting.end() && (known->second.reason != "RunContainerError" ||
                                           retry == memory_.retries.end() || now_ < retry->second.not_before);
    if (shown) return known->second;
    const auto backoff = memory_.restarts.find(container.name);
    const Duration delay =
        backoff != memory_.restarts.end() ? backoff->second.delay() : Backoff::AfterRestarts(ended.attempt).delay();
    if (delay == Duration::zero() || sandbox_ == nullptr) return {"ContainerCreating", ""};
    return {"CrashLoopBackOff", BackoffMessage(pod_, container.name, delay)};
  }

  /// Pending until every init container is done and every container has started once.
  std::string Phase() const {
    if (Terminal()) return before_.phase;
    if (Over()) return "Failed";
    for (const api::Container& container : pod_.spec.init_containers) {
      const cri::Container* newest = Newest(state_, container.name);
      const bool ended = newest != nullptr && newest->state == ContainerState::kExited;
      if (ended && newest->exit_code != 0 && !RestartsAfterExit(pod_.spec, container, true, newest->exit_code)) {
        return "Failed";
      }
    }
    size_t never = 0, over = 0, failed = 0;
    for (const api::Container& container : pod_.spec.containers) {
      const cri::Container* newest = Newest(state_, container.name);
      if (newest == nullptr || newest->state == ContainerState::kCreated) {
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

  Json Condition(const std::string& type, bool value, const std::string& reason = {}, const std::string& message = {}) {
    const api::Condition* old = Before(type);
    const std::string word = value ? "True" : "False";
    const bool same = old != nullptr && old->status == word && old->last_transition;
    Json out = {{"type", type},
                {"status", word},
                {"lastProbeTime", nullptr},
                {"lastTransitionTime", FormatTime(same ? *old->last_transition : now_)}};
    if (!reason.empty()) out["reason"] = reason;
    if (!message.empty()) out["message"] = message;
    return out;
  }

  const api::Condition* Before(const std::string& type) const {
    const auto found = std::find_if(before_.conditions.begin(), before_.conditions.end(),
                                    [&](const api::Condition& condition) { return condition.type == type; });
    return found == before_.conditions.end() ? nullptr : &*found;
  }

  Json Conditions(const Json& inits, const Json& mains) {
    const auto names_of = [](const Json& statuses, const char* member) {
      std::vector<std::string> names;
      for (const Json& status : statuses) {
        if (!status[member].get<bool>()) names.push_back(status["name"]);
      }
      return names;
    };
    Json out = Json::array();
    out.push_back(Condition("PodReadyToStartContainers",
                            sandbox_ != nullptr && !memory_.stopped_sandboxes.contains(sandbox_->id)));
    const std::vector<std::string> incomplete = names_of(inits, "ready");
    if (phase_ == "Succeeded" || incomplete.empty()) {
      out.push_back(Condition("Initialized", true, phase_ == "Succeeded" ? "PodCompleted" : ""));
    } else {
      out.push_back(Condition("Initialized", false, "ContainersNotInitialized",
                              fmt::format("containers with incomplete status: [{}]", fmt::join(incomplete, " "))));
    }
    const std::vector<std::string> unready = names_of(mains, "ready");
    std::string reason = "ContainersNotReady";
    std::string message = fmt::format("containers with unready status: [{}]", fmt::join(unready, " "));
    const bool over = phase_ == "Succeeded" || phase_ == "Failed";
    if (over) {
      reason = phase_ == "Succeeded" ? "PodCompleted" : "PodFailed";
      message.clear();
    }
    const bool ready = !over && unready.empty() && incomplete.empty();
    if (ready) reason = message = std::string();
    out.push_back(Condition("Ready", ready, reason, message));
    out.push_back(Condition("ContainersReady", ready, reason, message));
    out.push_back(Condition("PodScheduled", true));  // said by whoever placed it: a node has placed pods only
    return out;
  }

  void AddAddresses(Json& status) const {
    if (!facts_.host_ips.empty()) {
      status["hostIP"] = facts_.host_ips.front();
      for (const std::string& ip : facts_.host_ips) status["hostIPs"].push_back({{"ip", ip}});
    }
    std::vector<std::string> ips;
    if (sandbox_ != nullptr) ips = pod_.spec.host_network ? facts_.host_ips : sandbox_->ips;
    // What ended for good keeps showing the address it had.
    if (ips.empty() && (phase_ == "Succeeded" || phase_ == "Failed")) ips = before_.pod_ips;
    if (ips.empty()) return;
    status["podIP"] = ips.front();
    for (const std::string& ip : ips) status["podIPs"].push_back({{"ip", ip}});
  }

  const api::Pod& pod_;
  const api::PodStatus& before_;
  const cri::PodState& state_;
  const Memory& memory_;
  const StatusFacts& facts_;
  const WallTime now_;
  const cri::Sandbox* sandbox_;
  std::string phase_;
};

}  // namespace

api::Json MakePodStatus(const api::Pod& pod, const api::PodStatus& before, const cri::PodState& state,
                        const Memory& memory, const StatusFacts& facts, WallTime now) {
  return StatusMaker(pod, before, state, memory, facts, now).Make();
}

}  // namespace ordinal::podsync

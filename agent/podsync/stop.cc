#include "agent/podsync/stop.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/bounded_time.h"
#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/podsync/end_cgroups.h"
#include "agent/podsync/files.h"
#include "agent/podsync/plan.h"

namespace ordinal::podsync {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kForcedGrace = 2s;     // what a pod deleted by force gets between TERM and KILL
constexpr std::chrono::seconds kEphemeralGrace = 2s;  // what an ephemeral container gets beyond the main ones
constexpr Duration kRetry = 500ms;
constexpr Duration kLookAtEnd = 5s;  // events wake earlier; this repairs a missed one
constexpr Duration kPatience = 2s;   // with a call that was making something when the pod's end came
constexpr Duration kMayAppear = 1s;  // what such a call made after it was cancelled shows in lists by then

}  // namespace

PodStop::PodStop(Services& services, std::string uid, std::function<Known()> known, Scopes scopes)
    : services_(services),
      uid_(std::move(uid)),
      known_(std::move(known)),
      wake_(scopes.wake),
      steps_(scopes.steps),
      ending_(scopes.ending),
      endings_(scopes.endings),
      began_(services.clock.Steady()) {}

Task<void> PodStop::End() {
  while (!services_.states.Synced()) co_await Pause(kRetry);
  co_await Refreshed();
  const observe::PodState& state = services_.states.Get(uid_);
  if (const auto pod = known_().pod; pod != nullptr) {
    if (!state.containers.empty() || !state.sandboxes.empty()) {
      log::Info("pod {}/{}: stopping", pod->meta.ns, pod->meta.name);
    }
  } else if (!state.name.empty()) {
    log::Info("pod {}/{} uid={}: stopping, it is not wanted any more", state.ns, state.name, uid_);
  }
  co_await EndContainers();
  ending_.Cancel();
  co_await ending_.Join();
}

Task<void> PodStop::Refreshed() {
  bool seen = false;
  while (!seen) {
    const auto refreshed = co_await services_.states.Refresh(uid_);
    seen = refreshed.ok();
    if (!seen) co_await Pause(kRetry);
  }
}

Task<void> PodStop::Clean() {
  co_await RemoveSandboxes();
  co_await RemoveCgroups();
  co_await RemoveFiles();
  co_await RemoveObject();
}

/// Main containers first; when they are gone, and none is being made any more, sidecars, the last of the specification
/// first, one by one.
std::vector<const cri::Container*> PodStop::NextToEnd(const observe::PodState& state, bool making) const {
  const std::vector<std::string> sidecars = Sidecars();
  std::vector<const cri::Container*> mains;
  const cri::Container* last_sidecar = nullptr;
  auto last = sidecars.begin();
  for (const cri::Container& container : state.containers) {
    if (!observe::Live(container)) continue;
    const auto sidecar = std::find(sidecars.begin(), sidecars.end(), container.name);
    if (sidecar == sidecars.end()) {
      mains.push_back(&container);
    } else if (last_sidecar == nullptr || sidecar > last) {
      last_sidecar = &container;
      last = sidecar;
    }
  }
  if (mains.empty() && last_sidecar != nullptr && !making) return {last_sidecar};
  return mains;
}

std::vector<std::string> PodStop::Sidecars() const {
  std::vector<std::string> names;
  if (const auto pod = known_().pod; pod != nullptr) {
    for (const api::Container& container : pod->spec.init_containers) {
      if (IsSidecar(container)) names.push_back(container.name);
    }
  }
  return names;
}

std::string PodStop::Who() const {
  if (const auto pod = known_().pod; pod != nullptr) {
    return fmt::format("{}/{} uid={}", pod->meta.ns, pod->meta.name, uid_);
  }
  const observe::PodState& state = services_.states.Get(uid_);
  return state.name.empty() ? "uid=" + uid_ : fmt::format("{}/{} uid={}", state.ns, state.name, uid_);
}

Task<void> PodStop::EndContainers() {
  bool making = steps_.running() > 0;
  while (true) {
    if (making && steps_.running() == 0) {  // what it made is seen now
      making = false;
      co_await Refreshed();
    }
    const std::vector<const cri::Container*> next = NextToEnd(services_.states.Get(uid_), making);
    if (next.empty() && !making) co_return;
    for (const cri::Container* container : next) SendStop(*container);
    const Duration patience = began_ + kPatience - services_.clock.Steady();
    if (making && patience <= Duration::zero()) {
      cut_off_ = true;
      steps_.Cancel();
    }
    co_await Pause(making && patience > Duration::zero() ? patience : making ? kRetry : kLookAtEnd);
  }
}

/// When the grace is over, counted from when the pod was told to end. The object tells a wall time: it counts as it was
/// when it was first read, whatever the clock is set to afterwards, and for no more than the grace it names.
SteadyTime PodStop::Deadline(const observe::PodState& state) {
  const Known known = known_();
  const SteadyTime now = services_.clock.Steady();
  const cri::StringMap none;
  SteadyTime deadline = began_ + GraceOf(none);
  if (known.pod != nullptr && known.pod->meta.deleted) {
    const api::Meta& meta = known.pod->meta;
    if (told_ != meta.deleted) {
      told_ = meta.deleted;
      const Duration most = BoundedDuration(meta.deletion_grace_seconds.value_or(kMostSeconds));
      told_deadline_ = now + std::clamp(*meta.deleted - services_.clock.Now(), Duration::zero(), most);
    }
    deadline = told_deadline_;
  } else if (known.pod == nullptr) {
    // Left by an earlier agent: the grace the pod was made with.
    if (!state.sandboxes.empty()) deadline = began_ + GraceOf(state.sandboxes.front().annotations);
  }
  if (known.gone) {
    if (!forced_) forced_ = now;
    deadline = std::min(deadline, *forced_ + kForcedGrace);
  }
  return deadline;
}

/// An ephemeral container beside which no main one runs any more.
bool PodStop::HoldsUp(const cri::Container& container) const {
  const auto pod = known_().pod;
  if (pod == nullptr || !IsEphemeral(pod->spec, container.name)) return false;
  const observe::PodState& state = services_.states.Get(uid_);
  const std::vector<api::Container>& mains = pod->spec.containers;
  return std::none_of(mains.begin(), mains.end(), [&](const api::Container& main) {
    const cri::Container* newest = Newest(state, main.name);
    return newest != nullptr && observe::Live(*newest);
  });
}

void PodStop::SendStop(const cri::Container& container) {
  const SteadyTime now = services_.clock.Steady();
  SteadyTime deadline = std::max(Deadline(services_.states.Get(uid_)), now);
  if (HoldsUp(container)) deadline = std::min(deadline, now + kEphemeralGrace);
  const auto sent = sent_.find(container.id);
  if (sent != sent_.end() && deadline >= sent->second) return;  // nothing shorter than what runs
  if (const auto pod = known_().pod; pod != nullptr && sent == sent_.end()) {
    services_.recorder.Record({pod->object, events::Severity::kNormal, "Killing",
                               fmt::format("Stopping container {}", container.name), container.name});
  }
  sent_[container.id] = deadline;
  const auto grace = std::chrono::ceil<std::chrono::seconds>(deadline - now);
  ending_.Spawn("stop container", StopOne(container.name, container.id, grace));
}

Task<void> PodStop::StopOne(std::string name, std::string id, std::chrono::seconds grace) {
  const Status ended = co_await Caught(endings_.End(known_().pod, std::move(name), id, grace));
  if (co_await GivenUp()) co_return;  // it has ended, whatever was answered
  if (!ended.ok()) {
    log::Warning("pod {}: stopping container {:.12} failed, trying again: {}", Who(), id, ended.error().message);
    co_await Sleep(services_.clock, kRetry);
    sent_.erase(id);
  }
  const auto refreshed = co_await services_.states.Refresh(uid_);  // a failure is repaired by the next look
  wake_.Notify();
}

Task<void> PodStop::RemoveSandboxes() {
  while (true) {
    const auto state = co_await services_.states.Refresh(uid_);
    bool failed = !state.ok();
    if (state.ok() && state->sandboxes.empty() && state->containers.empty()) {
      if (!std::exchange(cut_off_, false)) co_return;
      co_await Sleep(services_.clock, kMayAppear);
      continue;
    }
    if (state.ok()) {
      for (const cri::Sandbox& sandbox : state->sandboxes) {
        Status removed = co_await services_.runtime.StopSandbox(sandbox.id);
        if (removed.ok()) removed = co_await services_.runtime.RemoveSandbox(sandbox.id);
        if (removed.ok()) continue;
        failed = true;
        log::Warning("pod {}: removing sandbox {:.12} failed, trying again: {}", Who(), sandbox.id,
                     removed.error().message);
      }
      for (const cri::Container& container : state->containers) {
        const Status removed = co_await services_.runtime.RemoveContainer(container.id);
        failed = failed || !removed.ok();
      }
    }
    if (failed) co_await Pause(kRetry);
  }
}

/// A cgroup that stays is no reason to keep the pod.
Task<void> PodStop::RemoveCgroups() {
  CgroupsOfPod cgroups{services_.node.cgroup_root, uid_};
  const bool gone = co_await EndCgroups(services_.clock, services_.pool, std::move(cgroups));
  if (!gone) log::Warning("pod {}: a cgroup of it is still in use and stays", Who());
}

Task<void> PodStop::RemoveFiles() {
  auto remove = [uid = uid_, where = services_.layout.directories()] {
    return RemoveLogsOf(uid, where.pod_logs, where.container_logs);
  };
  const Status removed_logs = co_await services_.pool.Run(std::move(remove));
  if (!removed_logs.ok()) log::Warning("pod {}: {}", Who(), removed_logs.error().message);
  while (true) {
    const Status unmounted = co_await services_.volumes.Unmount(uid_);
    if (unmounted.ok()) co_return;
    log::Warning("pod {}: unmounting volumes failed, trying again: {}", Who(), unmounted.error().message);
    co_await Pause(kRetry);
  }
}

Task<void> PodStop::RemoveObject() {
  const std::shared_ptr<const api::Pod> pod = known_().pod;
  if (pod == nullptr) co_return;
  const std::string name = fmt::format("{}/{}", pod->meta.ns, pod->meta.name);
  if (!known_().gone) co_await services_.reports.End(pod->object.key(), uid_);
  log::Info("pod {}: gone", name);
}

Task<void> PodStop::Pause(Duration delay) {
  const TimerHandle timer = services_.clock.After(delay, [this] { wake_.Notify(); });
  co_await wake_.Wait();
}

}  // namespace ordinal::podsync

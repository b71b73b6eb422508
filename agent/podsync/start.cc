#include "agent/podsync/start.h"

#include <fmt/format.h>

#include <set>

#include "agent/base/log.h"
#include "agent/base/together.h"
#include "agent/podsync/cgroups.h"
#include "agent/podsync/files.h"
#include "agent/podsync/resources.h"

namespace ordinal::podsync {
namespace {

constexpr char kHostsFile[] = "/etc/hosts";
constexpr size_t kMaxHostsFile = 1 << 20;
constexpr Duration kTidyRetry = std::chrono::seconds(10);
constexpr Duration kHeldUpRetry = std::chrono::milliseconds(50);
constexpr int kMostHeldUp = 100;

std::string Describe(const api::Pod& pod) { return fmt::format("{}/{}", pod.meta.ns, pod.meta.name); }

cri::MountPropagation ToCri(volumes::Propagation propagation) {
  return static_cast<cri::MountPropagation>(static_cast<int>(propagation));
}

bool MountsPath(const api::Container& container, const std::string& path) {
  for (const api::VolumeMount& mount : container.mounts) {
    if (mount.mount_path == path) return true;
  }
  return false;
}

/// Reasons of a waiting container that are said as an event "Failed" (pkg/kubelet/events).
const std::set<std::string>& StartFailures() {
  static const std::set<std::string> reasons{"CreateContainerConfigError", "CreateContainerError", "RunContainerError",
                                             "StartError"};
  return reasons;
}

}  // namespace

PodStart::PodStart(Services& services, const api::Pod& pod, Memory& memory, std::function<void()> wake)
    : services_(services), pod_(pod), memory_(memory), wake_(std::move(wake)) {}

void PodStart::LookAgain(WallTime when) {
  if (!look_again_ || when < *look_again_) look_again_ = when;
}

const api::Container& PodStart::ContainerOf(const ContainerStart& start) const {
  return start.init ? pod_.spec.init_containers[start.index] : pod_.spec.containers[start.index];
}

Task<std::optional<WallTime>> PodStart::Execute(const Plan& plan, const cri::PodState& state) {
  // What still runs in an old sandbox must have ended before anything starts in a new one.
  if (!co_await StopAndTidy(plan, state)) co_return look_again_;
  sandbox_id_ = plan.sandbox_id;
  if (plan.create_sandbox) {
    const Status made = co_await CreateSandbox(plan);
    if (!made.ok()) {
      FailPod("start sandbox", made.error());
      co_return look_again_;
    }
  } else if (!plan.start.empty()) {
    const cri::Sandbox* sandbox = UsableSandbox(pod_, state);
    sandbox_config_ = MakeSandboxConfig(pod_, services_.node, sandbox == nullptr ? 0 : sandbox->attempt);
    if (sandbox != nullptr) ips_ = pod_.spec.host_network ? services_.node.host_ips : sandbox->ips;
    const Status ready = co_await ResolveAndMount();
    if (!ready.ok()) {
      FailPod("mount volumes", ready.error());
      co_return look_again_;
    }
    memory_.pod_retry.reset();
  }
  for (const ContainerStart& start : plan.start) {
    const Status started = co_await StartContainer(start);
    if (!started.ok()) Fail(start, started.error());
  }
  // Records of earlier ends make room only now: nobody waits for it.
  for (const std::string& id : plan.remove_containers) Tidied(id, co_await services_.runtime.RemoveContainer(id));
  for (const std::string& id : plan.remove_sandboxes) Tidied(id, co_await services_.runtime.RemoveSandbox(id));
  co_return look_again_;
}

void PodStart::Tidied(const std::string& id, const Status& removed) {
  memory_.tidy_after.erase(id);
  if (removed.ok()) return;
  log::Warning("pod {}: removing {:.12} failed, trying again: {}", Describe(pod_), id, removed.error().message);
  memory_.tidy_after[id] = services_.clock.Now() + kTidyRetry;
  LookAgain(services_.clock.Now() + kTidyRetry);
}

/// With the pod's grace. One that is gone has ended.
Task<Status> PodStart::StopOne(std::string id) {
  const auto grace = std::chrono::seconds(pod_.spec.termination_grace_seconds);
  const Status stopped = co_await services_.runtime.StopContainer(std::move(id), grace);
  co_return !stopped.ok() && stopped.error().code == ErrorCode::kNotFound ? Status() : stopped;
}

/// False when something that has to end first is still there.
Task<bool> PodStart::StopAndTidy(const Plan& plan, const cri::PodState& state) {
  std::vector<Task<Status>> stops;
  for (const ContainerKill& kill : plan.kill) {
    log::Info("pod {}: stopping container \"{}\": {}", Describe(pod_), kill.name, kill.why);
    services_.event(pod_.object, kill.name, "Normal", "Killing",
                    kill.why == kSandboxChanged ? fmt::format("Stopping container {}", kill.name)
                                                : fmt::format("Stopping container {}: {}", kill.name, kill.why));
    stops.push_back(StopOne(kill.id));
  }
  const Status stopped = co_await Together(services_.executor, "stop containers", std::move(stops));
  // Stopping their sandbox ends those that would not end otherwise.
  if (!stopped.ok() && plan.stop_sandboxes.empty()) {
    FailPod("stop container", stopped.error());
    co_return false;
  }
  for (const std::string& id : plan.stop_sandboxes) {
    const Status sandbox_stopped = co_await services_.runtime.StopSandbox(id);
    if (!sandbox_stopped.ok()) {
      FailPod("stop sandbox", sandbox_stopped.error());
      co_return false;
    }
    memory_.stopped_sandboxes.insert(id);
  }
  // A container that was made but never started holds the name its successor needs.
  for (const cri::Container& container : state.containers) {
    if (container.state == cri::ContainerState::kCreated && !plan.start.empty()) {
      Tidied(container.id, co_await services_.runtime.RemoveContainer(container.id));
    }
  }
  co_return true;
}

EnvFacts PodStart::Facts() const {
  return {ips_, services_.node.host_ips, services_.node.memory_capacity, services_.node.cpu_capacity_milli};
}

Task<Status> PodStart::ResolveAndMount() {
  const EnvFacts facts = Facts();
  CO_TRY(volumes_, ResolveVolumes(pod_, services_.layout, services_.lookups, facts));
  co_return co_await services_.volumes.Mount(volumes_);
}

Task<Status> PodStart::CreateSandbox(const Plan& plan) {
  CO_TRYV(co_await ResolveAndMount());
  sandbox_config_ = MakeSandboxConfig(pod_, services_.node, plan.sandbox_attempt);
  auto make_logs = [directory = sandbox_config_.log_directory] { return MakeDirectories(directory); };
  CO_TRYV(co_await services_.pool.Run(std::move(make_logs)));
  CO_TRY(sandbox_id_, co_await services_.runtime.RunSandbox(sandbox_config_));
  CO_TRYV(co_await FindAddresses(sandbox_id_));
  memory_.pod_retry.reset();
  co_return Status();
}

Task<Status> PodStart::FindAddresses(const std::string& sandbox_id) {
  CO_TRY(const cri::Sandbox sandbox, co_await services_.runtime.SandboxStatus(sandbox_id));
  ips_ = pod_.spec.host_network ? services_.node.host_ips : sandbox.ips;
  if (ips_.empty() && !pod_.spec.host_network) {
    co_return MakeError(ErrorCode::kInternal, "the sandbox has no address: look at the CNI configuration of this host",
                        "FailedCreatePodSandBox");
  }
  co_return Status();
}

Task<Status> PodStart::StartContainer(const ContainerStart& start) {
  const api::Container& container = ContainerOf(start);
  CO_TRY(ImageAnswer answer, co_await services_.images.Ensure(container, wake_));
  if (!answer.image) {
    // A configuration that is wrong stays so while the image is looked for once more.
    const bool looking = answer.waiting.reason == "ContainerCreating";
    if (!looking || !WaitsForConfig(memory_, container.name)) memory_.waiting[container.name] = answer.waiting;
    if (answer.look_again) {
      Retry& retry = memory_.retries[container.name];
      retry.not_before = *answer.look_again;
      retry.why = answer.waiting;
      LookAgain(*answer.look_again);
      SayNoImage(container.name, answer.waiting);
    } else if (answer.waiting.reason != "ContainerCreating") {
      memory_.retries[container.name].not_before = WallTime::max();  // until an image arrives (worker clears it)
      SayNoImage(container.name, answer.waiting);
    } else {
      memory_.retries[container.name].not_before = WallTime::max();  // until the pull ends
    }
    co_return Status();
  }
  services_.event(pod_.object, container.name, "Normal", "Pulled",
                  answer.pulled ? fmt::format("Image \"{}\" was pulled", container.image)
                                : fmt::format("Image \"{}\" is on this host already", container.image));
  co_return co_await CreateAndStart(start, container, std::move(*answer.image));
}

Task<Status> PodStart::CreateAndStart(const ContainerStart& start, const api::Container& container, cri::Image image) {
  ContainerFacts facts;
  facts.init = start.init;
  facts.index = start.index;
  facts.attempt = start.attempt;
  facts.image = std::move(image);
  facts.pod_ips = ips_;
  CO_TRYV(co_await WriteFiles(container, start.attempt));
  CO_TRY(facts.mounts, co_await Mounts(container, start.attempt));
  CO_TRY(cri::ContainerConfig config, MakeContainerConfig(pod_, services_.node, facts));
  const std::string log = fmt::format("{}/{}", sandbox_config_.log_directory, config.log_path);
  CO_TRY(const std::string id,
         co_await services_.runtime.CreateContainer(sandbox_id_, std::move(config), sandbox_config_));
  services_.event(pod_.object, container.name, "Normal", "Created",
                  fmt::format("Created container: {}", container.name));
  if (start.attempt > 0) CountRestart(start, container.name);
  co_await LimitProcessesOfPod();
  CO_TRYV(co_await services_.runtime.StartContainer(id));
  memory_.waiting.erase(container.name);
  memory_.retries.erase(container.name);
  log::Info("pod {}: started container \"{}\" id={:.12} restart={}", Describe(pod_), container.name, id, start.attempt);
  services_.event(pod_.object, container.name, "Normal", "Started",
                  fmt::format("Started container {}", container.name));
  const std::string link = services_.layout.ContainerLogLink(pod_.meta.name, pod_.meta.ns, container.name, id);
  auto make_link = [log, link] { return Link(log, link); };
  const Status linked = co_await services_.pool.Run(std::move(make_link));
  if (!linked.ok()) log::Warning("pod {}: {}", Describe(pod_), linked.error().message);
  co_return Status();
}

/// Whatever is started again waits longer the next time, unless it ran long enough to be forgiven.
void PodStart::CountRestart(const ContainerStart& start, const std::string& name) {
  const cri::PodState& state = services_.states.Get(pod_.meta.uid);
  const cri::Container* last = LastEnd(state, name);
  const cri::Container* newest = Newest(state, name);
  // Starts that were cut off have a number and are no restarts.
  if (last == nullptr && newest != nullptr && StartCutOff(*newest)) return;
  const uint32_t restarts = last == nullptr ? start.attempt - 1 : std::min(start.attempt - 1, last->attempt);
  Backoff& backoff = memory_.restarts.emplace(name, Backoff::AfterRestarts(restarts)).first->second;
  backoff.Advance(last == nullptr ? Duration::zero() : RanFor(*last));
}

/// The runtime has made the pod's cgroup with the sandbox; nothing of the pod's own runs in it before this.
Task<void> PodStart::LimitProcessesOfPod() {
  const std::string parent = CgroupParent(pod_.spec, pod_.meta.uid, services_.node.systemd_cgroup);
  auto limit = [root = services_.node.cgroup_root, parent, most = services_.node.pod_pids_limit] {
    return LimitProcesses(root, parent, most);
  };
  const Status limited = co_await services_.pool.Run(std::move(limit));
  if (limited.ok() || services_.node.pod_pids_limit < 0) co_return;
  log::Warning("pod {}: its processes are not limited: {}", Describe(pod_), limited.error().message);
}

Task<Status> PodStart::WriteFiles(const api::Container& container, uint32_t attempt) {
  const std::string& uid = pod_.meta.uid;
  const std::string logs = fmt::format("{}/{}", sandbox_config_.log_directory, container.name);
  const std::string messages = services_.layout.ContainerDirectory(uid, container.name);
  const std::string message = services_.layout.TerminationLog(uid, container.name, fmt::format("{}", attempt));
  const std::string hosts = services_.layout.EtcHosts(uid);
  const bool own_network = !pod_.spec.host_network;
  const std::string text = own_network ? HostsFile(pod_, ips_, services_.node.dns.cluster_domain) : std::string();
  const api::Pod* pod = &pod_;  // lives as long as this coroutine
  auto write = [=]() -> Status {
    TRYV(MakeDirectories(logs));
    TRYV(MakeDirectories(messages));
    TRYV(WriteFile(message, "", 0666));
    return WriteFile(hosts, own_network ? text : HostNetworkHostsFile(*pod, ReadTail(kHostsFile, kMaxHostsFile)), 0644);
  };
  co_return co_await services_.pool.Run(std::move(write));
}

Task<Result<std::vector<cri::Mount>>> PodStart::Mounts(const api::Container& container, uint32_t attempt) {
  // Once more, now that the pod has an address: a subPathExpr may ask for it.
  CO_TRY(const auto own, MountsOf(pod_, container, Facts()));
  std::erase_if(volumes_.mounts, [&](const volumes::MountSpec& mount) { return mount.container == container.name; });
  volumes_.mounts.insert(volumes_.mounts.end(), own.begin(), own.end());
  CO_TRY(const auto ready, co_await services_.volumes.MountContainer(volumes_, container.name));
  std::vector<cri::Mount> mounts;
  for (const volumes::ReadyMount& mount : ready) {
    mounts.push_back({mount.container_path, mount.host_path, mount.read_only, ToCri(mount.propagation)});
  }
  const std::string& uid = pod_.meta.uid;
  if (!MountsPath(container, kHostsFile)) {
    mounts.push_back({kHostsFile, services_.layout.EtcHosts(uid)});
  }
  if (!container.termination_message_path.empty() && !MountsPath(container, container.termination_message_path)) {
    mounts.push_back({container.termination_message_path,
                      services_.layout.TerminationLog(uid, container.name, fmt::format("{}", attempt))});
  }
  co_return mounts;
}

/// As the kubelet tells it: what went wrong with the image, then what that makes of the container. Repeated on every
/// try, so that it counts.
void PodStart::SayNoImage(const std::string& container, const Waiting& waiting) {
  if (waiting.reason == "ImagePullBackOff") {
    services_.event(pod_.object, container, "Normal", "BackOff", "The image could not be pulled; trying again later");
  } else {
    const bool name = waiting.reason == "InvalidImageName";
    const bool pull = waiting.reason == "ErrImagePull";
    services_.event(pod_.object, container, "Warning",
                    name   ? "InspectFailed"
                    : pull ? "Failed"
                           : waiting.reason,
                    waiting.message);
  }
  services_.event(pod_.object, container, "Warning", "Failed", "Error: " + waiting.reason);
}

/// True when the runtime still holds the container's name for one that an agent was making as it was killed: that is
/// given up by the runtime in a moment, or shows in the next list, and is nobody's failure.
bool PodStart::HeldUp(const std::string& name, const Error& error) {
  if (error.code != ErrorCode::kAlreadyExists) return false;
  Retry& retry = memory_.retries[name];
  if (++retry.held_up > kMostHeldUp) return false;
  retry.not_before = services_.clock.Now() + kHeldUpRetry;
  LookAgain(retry.not_before);
  return true;
}

void PodStart::Fail(const ContainerStart& start, const Error& error) {
  const api::Container& container = ContainerOf(start);
  if (HeldUp(container.name, error)) return;
  const std::string reason = error.reason.empty() ? "CreateContainerError" : error.reason;
  log::Warning("pod {}: container \"{}\": {}: {}", Describe(pod_), container.name, reason, error.message);
  if (StartFailures().contains(reason)) {
    services_.event(pod_.object, container.name, "Warning", "Failed", "Error: " + error.message);
  } else {
    services_.event(pod_.object, container.name, "Warning", reason, error.message);
  }
  memory_.waiting[container.name] = {reason, error.message};
  Retry& retry = memory_.retries[container.name];
  retry.backoff.Advance(Duration::zero());
  retry.not_before = services_.clock.Now() + retry.backoff.delay();
  LookAgain(retry.not_before);
}

void PodStart::FailPod(const std::string& step, const Error& error) {
  const std::string reason = error.reason.empty() ? "FailedCreatePodSandBox" : error.reason;
  Retry retry = memory_.pod_retry.value_or(Retry{});
  const bool repeated = retry.why.message == error.message;
  retry.why = {reason, error.message};
  retry.backoff.Advance(Duration::zero());
  retry.not_before = services_.clock.Now() + retry.backoff.delay();
  memory_.pod_retry = retry;
  LookAgain(retry.not_before);
  if (repeated) return;  // said already
  log::Warning("pod {}: {}: {}: {}", Describe(pod_), step, reason, error.message);
  services_.event(pod_.object, "", "Warning", reason, error.message);
}

}  // namespace ordinal::podsync

// `ordinald down`.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "agent/app/commands.h"
#include "agent/app/directories.h"
#include "agent/app/down_pods.h"
#include "agent/app/host.h"
#include "agent/app/host_runtime.h"
#include "agent/app/lock.h"
#include "agent/app/sweep.h"
#include "agent/base/blocking_pool.h"
#include "agent/base/loops.h"
#include "agent/base/signal.h"
#include "agent/network/cni_config.h"
#include "agent/network/leftovers.h"
#include "agent/network/links.h"
#include "agent/observe/pod_state.h"
#include "agent/podsync/cgroups.h"
#include "agent/podsync/cri_config.h"
#include "agent/podsync/end_cgroups.h"
#include "agent/podsync/end_container.h"
#include "agent/podsync/end_pod.h"
#include "agent/podsync/files.h"
#include "agent/probes/container_checks.h"
#include "volumes/linux/linux_mounter.h"
#include "volumes/pod_volumes.h"

namespace ordinal {
namespace {

constexpr Duration kLinksGone = std::chrono::seconds(10);
constexpr Duration kStartsOver = std::chrono::seconds(15);
constexpr Duration kMayAppear = std::chrono::seconds(1);
constexpr Duration kRetry = std::chrono::milliseconds(300);
constexpr Duration kLook = std::chrono::milliseconds(20);
constexpr char kCgroups[] = "/sys/fs/cgroup";

/// Events are told to nobody here: no agent keeps them.
class Unheard final : public events::Recorder {
 public:
  void Record(const events::Event&) override {}
};

/// The sandboxes of pods, by uid.
using HeldPods = std::map<std::string, std::vector<cri::Sandbox>>;

class Down {
 public:
  Down(asio::io_context& io, const Config& config)
      : io_(io),
        config_(config),
        clock_(io.get_executor()),
        pool_(2),
        layout_(DirectoriesOf(config)),
        host_({io.get_executor(), clock_, random_, pool_, config, layout_}),
        runtime_(host_.calls()),
        volumes_(volumes::MakePodVolumes(layout_, mounter_, pool_)),
        checks_(clock_,
                [this](std::string id, std::vector<std::string> command, std::chrono::seconds timeout) {
                  return host_.commands().Run(std::move(id), std::move(command), timeout);
                }),
        signal_([this](std::string id, int number) { return host_.commands().Signal(std::move(id), number); }),
        pods_(config, clock_),
        endings_(std::make_shared<podsync::Endings>(PartsOfEnds())) {
    node_.host_ips = HostAddresses();
    host_.view().OnChange([this](const std::string&) { endings_->Look(); });
  }

  /// Collects what went wrong; empty when all is gone.
  Task<void> Run(std::vector<std::string>& left) {
    co_await TakeDown(left);
    io_.stop();  // what follows the runtime would go on for ever
  }

 private:
  Task<void> TakeDown(std::vector<std::string>& left) {
    const Result<cri::RuntimeStatus> status = co_await runtime_.GetStatus();
    if (!status.ok()) {
      left.push_back(
          fmt::format("the container runtime does not answer, pods may still run: {}", status.error().message));
      co_return;
    }
    // Without their objects pods end too, but without hooks and signals of their own.
    const Status read = co_await pods_.Read(io_.get_executor());
    if (!read.ok()) left.push_back(read.error().message);
    Spawn(io_.get_executor(), "what runs", host_.Follow());
    bool known = co_await EndSandboxes(status->cni_conf_dir, left);
    const Status swept = co_await runtime_.SweepGone();
    if (!swept.ok()) left.push_back(swept.error().message);
    if (known) known = co_await CleanDisk(left);
    const Status unlinked = podsync::RemoveDeadLinks(config_.log_dir, config_.container_log_dir);
    if (!unlinked.ok()) left.push_back(unlinked.error().message);
    std::function<bool(const std::string&)> may_run = [this, known](const std::string& uid) {
      return !known || kept_.contains(uid);
    };
    co_await pods_.Forget(std::move(may_run), left);
    if (left.empty()) co_await RemoveNetwork(status->cni_conf_dir, left);
  }

  podsync::EndingParts PartsOfEnds() {
    return {io_.get_executor(), clock_, runtime_, host_.view(), checks_, unheard_, signal_, node_};
  }

  /// All that are listed, and those that come yet. False: nobody knows what still runs.
  Task<bool> EndSandboxes(std::string cni_conf_dir, std::vector<std::string>& left) {
    const std::string network = network::NetworkOf(cni_conf_dir, OwnerMark(config_));
    std::optional<SteadyTime> deadline;
    while (true) {
      const auto sandboxes = co_await Listed();
      if (!sandboxes.ok()) {
        left.push_back(sandboxes.error().message);
        co_return false;
      }
      if (deadline && clock_.Steady() >= *deadline) {
        for (const cri::Sandbox& sandbox : *sandboxes) {
          left.push_back(fmt::format("pod {}/{}: the runtime still shows a sandbox of it", sandbox.ns, sandbox.name));
          kept_.insert(sandbox.uid);
        }
        co_return true;
      }
      co_await EndAll(*sandboxes, left);
      if (!deadline) deadline = clock_.Steady() + kStartsOver;
      if (!sandboxes->empty()) {
        co_await Sleep(clock_, kLook);
        continue;
      }
      const bool more = co_await MayAppear(network, *deadline);
      if (!more) co_return true;
    }
  }

  /// This node's, but for those that could not be ended.
  Task<Result<std::vector<cri::Sandbox>>> Listed() {
    cri::SandboxFilter filter;
    filter.labels[observe::kAgentLabel] = config_.node_name;
    CO_TRY(std::vector<cri::Sandbox> sandboxes, co_await runtime_.ListSandboxes(filter));
    std::erase_if(sandboxes, [this](const cri::Sandbox& sandbox) { return kept_.contains(sandbox.uid); });
    co_return sandboxes;
  }

  Task<void> EndAll(const std::vector<cri::Sandbox>& sandboxes, std::vector<std::string>& left) {
    HeldPods pods;
    std::set<std::string> uids;
    for (const cri::Sandbox& sandbox : sandboxes) {
      pods[sandbox.uid].push_back(sandbox);
      uids.insert(sandbox.uid);
    }
    tried_.insert(uids.begin(), uids.end());
    std::vector<std::vector<std::string>> queues = pods_.Queues(uids);
    size_t running = queues.size();
    Signal done(io_.get_executor());
    for (std::vector<std::string>& queue : queues) {
      Spawn(io_.get_executor(), "end pods", EndInTurn(std::move(queue), pods, left, running, done));
    }
    while (running > 0) co_await done.Wait();
  }

  Task<void> EndInTurn(std::vector<std::string> queue, const HeldPods& pods, std::vector<std::string>& left,
                       size_t& running, Signal& done) {
    for (const std::string& uid : queue) co_await EndOne(pods.at(uid), left);
    --running;
    done.Notify();
  }

  /// A sandbox that was being made when the agent ended goes on being made for a moment, or is cleaned away, and is in
  /// no list meanwhile. Waits for that, where one is attached to the network already, or a pod is known on disk of
  /// which none was seen. True: there is one to end.
  Task<bool> MayAppear(std::string network, SteadyTime deadline) {
    const auto pods = co_await volumes_->KnownPods();
    const auto not_tried = [this](const std::string& uid) { return !tried_.contains(uid); };
    const bool unseen = pods.ok() && std::any_of(pods->begin(), pods->end(), not_tried);
    bool making = co_await Making(network);
    const SteadyTime quiet = clock_.Steady() + (unseen ? kMayAppear : Duration::zero());
    while (clock_.Steady() < (making ? deadline : std::min(quiet, deadline))) {
      co_await Sleep(clock_, kLook);
      making = co_await Making(network);
      const auto sandboxes = co_await Listed();
      if (sandboxes.ok() && !sandboxes->empty()) co_return true;
    }
    co_return false;
  }

  /// Something is attached to our network that no list shows.
  Task<bool> Making(std::string network) {
    if (network.empty()) co_return false;
    std::set<std::string> alive = network::Leftovers().AliveIn(network);
    const cri::SandboxFilter everything;
    const auto sandboxes = co_await runtime_.ListSandboxes(everything);
    if (!sandboxes.ok()) co_return false;
    for (const cri::Sandbox& sandbox : *sandboxes) alive.erase(sandbox.id);
    co_return !alive.empty();
  }

  Task<void> EndOne(const std::vector<cri::Sandbox>& held, std::vector<std::string>& left) {
    const std::string name = held.front().ns + "/" + held.front().name;
    const Status ended = co_await End(held);
    if (ended.ok()) {
      std::cout << "pod " << name << " ended\n";
    } else {
      left.push_back(fmt::format("pod {}: {}", name, ended.error().message));
      kept_.insert(held.front().uid);
    }
  }

  Task<Status> End(const std::vector<cri::Sandbox>& held) {
    const std::string& uid = held.front().uid;
    Status removed = co_await Remove(uid, held);
    // A start that was cut off goes on in the runtime for a moment, and holds what it is starting.
    const SteadyTime deadline = clock_.Steady() + kStartsOver;
    while (!removed.ok() && clock_.Steady() < deadline) {
      co_await Sleep(clock_, kRetry);
      removed = co_await Remove(uid, held);
    }
    if (!removed.ok()) co_return removed;
    co_return co_await RemoveTraces(uid);
  }

  Task<Status> Remove(std::string uid, const std::vector<cri::Sandbox>& held) {
    CO_TRY(observe::PodState state, co_await host_.view().Refresh(uid));
    std::shared_ptr<const api::Pod> pod = pods_.Find(uid);
    if (pod) {
      const podsync::EndingParts parts = PartsOfEnds();
      CO_TRYV(co_await podsync::EndPod(endings_, parts, std::move(pod), std::move(state)));
    }
    for (const cri::Sandbox& sandbox : held) {
      const Status removed = co_await RemoveSandbox(sandbox);
      if (!removed.ok() && removed.error().code != ErrorCode::kNotFound) co_return removed;
    }
    co_return Status();
  }

  /// What still runs in it is of a pod that the store does not know, or was started just now.
  Task<Status> RemoveSandbox(const cri::Sandbox& sandbox) {
    const std::chrono::seconds grace = podsync::GraceOf(sandbox.annotations);
    cri::ContainerFilter filter;
    filter.sandbox_id = sandbox.id;
    CO_TRY(const auto containers, co_await runtime_.ListContainers(filter));
    for (const cri::Container& container : containers) {
      if (container.state == cri::ContainerState::kRunning)
        CO_TRYV(co_await podsync::EndContainer(runtime_, container.id, grace));
    }
    CO_TRYV(co_await runtime_.StopSandbox(sandbox.id));
    co_return co_await runtime_.RemoveSandbox(sandbox.id);
  }

  /// The pod's cgroups, logs and links. The directory that makes the pod known comes after them (CleanDisk). What still
  /// runs in the cgroups is killed in the end: the runtime has no sandbox of the pod any more.
  Task<Status> RemoveTraces(std::string uid) {
    podsync::CgroupsOfPod cgroups{kCgroups, uid};
    const bool gone = co_await podsync::EndCgroups(clock_, pool_, std::move(cgroups));
    auto logs = [uid, root = config_.log_dir, links = config_.container_log_dir] {
      return podsync::RemoveLogsOf(uid, root, links);
    };
    const Status removed = co_await pool_.Run(std::move(logs));
    if (gone) co_return removed;
    co_return MakeError(ErrorCode::kFailedPrecondition, fmt::format("a cgroup of pod {} is still in use", uid));
  }

  /// Not of pods that may still run: their volumes stay mounted, and another `down` finds them. False: nobody knows
  /// what is there.
  Task<bool> CleanDisk(std::vector<std::string>& left) {
    const auto pods = co_await volumes_->KnownPods();
    if (!pods.ok()) {
      left.push_back(pods.error().message);
      co_return false;
    }
    for (const std::string& uid : *pods) {
      if (kept_.contains(uid)) continue;
      const Status removed = co_await RemoveTraces(uid);
      const Status unmounted = co_await volumes_->Unmount(uid);
      for (const Status& each : {removed, unmounted}) {
        if (each.ok()) continue;
        left.push_back(each.error().message);
        kept_.insert(uid);
      }
    }
    co_return true;
  }

  /// The kernel takes a sandbox's link off the bridge a moment after its network namespace is gone.
  Task<Status> RemoveCni(std::string directory, std::string owner) {
    const SteadyTime deadline = clock_.Steady() + kLinksGone;
    Status removed = network::RemoveCniConfig(directory, owner);
    while (!removed.ok() && removed.error().code == ErrorCode::kFailedPrecondition && clock_.Steady() < deadline) {
      co_await Sleep(clock_, kLook);
      removed = network::RemoveCniConfig(directory, owner);
    }
    co_return removed;
  }

  Task<void> RemoveNetwork(std::string cni_conf_dir, std::vector<std::string>& left) {
    const std::string owner = OwnerMark(config_);
    const cri::SandboxFilter all;
    const auto others = co_await runtime_.ListSandboxes(all);
    if (others.ok() && !others->empty()) {
      std::cout << "the pod network stays: " << others->size() << " sandboxes of others use it\n";
    } else {
      const std::string network = network::NetworkOf(cni_conf_dir, owner);
      Status cni = co_await RemoveCni(cni_conf_dir, owner);
      if (cni.ok() && !network.empty()) cni = SweepNetwork(network, layout_.PortChains());
      if (!cni.ok()) left.push_back(cni.error().message);
    }
    const Status link = network::RemoveLink(config_.dns_link, owner);
    if (!link.ok()) left.push_back(link.error().message);
    podsync::RemoveEmptyClassCgroups(kCgroups);
  }

  asio::io_context& io_;
  const Config& config_;
  RealClock clock_;
  BlockingPool pool_;
  const Layout layout_;
  volumes::LinuxMounter mounter_;
  SystemRandom random_;
  HostRuntime host_;
  podsync::EndingSandboxes& runtime_;
  std::unique_ptr<volumes::PodVolumes> volumes_;
  probes::ContainerChecks checks_;
  Unheard unheard_;
  const podsync::SendSignal signal_;
  podsync::NodeFacts node_;
  DownPods pods_;
  const std::shared_ptr<podsync::Endings> endings_;
  std::set<std::string> tried_;  // uids of pods of which a sandbox was seen
  std::set<std::string> kept_;   // … and that could not be ended
};

}  // namespace

int RunDown(const Config& config) {
  if (const Status locked = LockRunDirectory(config); !locked.ok()) {
    std::cerr << "ordinald down: " << locked.error().message << '\n';
    return 1;
  }
  RaiseDescriptorLimit();  // all pods end side by side, each hook with connections of its own
  asio::io_context io(1);
  std::vector<std::string> left;
  Down down(io, config);
  Spawn(io.get_executor(), "down", down.Run(left));
  RunWhole(io);
  for (const std::string& line : left) std::cerr << "ordinald down: " << line << '\n';
  if (left.empty()) std::cout << "nothing of this node runs any more; its volumes and objects are kept\n";
  std::cout.flush();
  // What follows the runtime is suspended in the middle of its work, and goes with the process, as in main.cc.
  std::_Exit(left.empty() ? 0 : 1);
}

}  // namespace ordinal

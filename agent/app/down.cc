// `ordinald down`.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>
#include <set>

#include "agent/api/kinds/job/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/app/commands.h"
#include "agent/app/directories.h"
#include "agent/app/lock.h"
#include "agent/app/sweep.h"
#include "agent/base/blocking_pool.h"
#include "agent/base/signal.h"
#include "agent/manifests/apply.h"
#include "agent/network/cni_config.h"
#include "agent/network/leftovers.h"
#include "agent/network/links.h"
#include "agent/objects/local/local_objects.h"
#include "agent/observe/pod_state.h"
#include "agent/podsync/cgroups.h"
#include "agent/podsync/cri_config.h"
#include "agent/podsync/end_cgroups.h"
#include "agent/podsync/end_container.h"
#include "agent/podsync/files.h"
#include "agent/store/sqlite/sqlite_store.h"
#include "cri/grpc/grpc_runtime.h"
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

/// A controller or a manifest makes it again at the next start. Any other one is nowhere but in the store: it stays,
/// and is run from its beginning.
Task<bool> MadeAgain(store::ObjectStore& store, api::Object pod) {
  const api::Meta meta = api::ReadMeta(pod.body());
  if (meta.annotations.contains(manifests::kManifestFile)) co_return true;
  const api::OwnerReference* owner = meta.Controller();
  if (owner == nullptr) co_return false;
  // What a job's pod did is done once, and may not be counted yet.
  if (owner->kind == api::Job::kKind && api::Ended(pod.body())) co_return false;
  const api::ObjectKey key{owner->kind, meta.ns, owner->name};
  const auto found = co_await store.Get(key);
  co_return found.ok() && found->uid() == owner->uid;
}

class Down {
 public:
  Down(asio::io_context& io, const Config& config)
      : io_(io),
        config_(config),
        clock_(io.get_executor()),
        pool_(2),
        layout_(DirectoriesOf(config)),
        runtime_(WithNotes(cri::MakeGrpcRuntime(std::make_shared<cri::Connection>(config.runtime_endpoint)), pool_,
                           layout_)),
        volumes_(volumes::MakePodVolumes(layout_, mounter_, pool_)) {}

  /// Collects what went wrong; empty when all is gone.
  Task<void> Run(std::vector<std::string>& left) {
    const Result<cri::RuntimeStatus> status = co_await runtime_->GetStatus();
    if (!status.ok()) {
      left.push_back(
          fmt::format("the container runtime does not answer, pods may still run: {}", status.error().message));
      co_return;
    }
    co_await EndSandboxes(status->cni_conf_dir, left);
    const Status swept = co_await runtime_->SweepGone();
    if (!swept.ok()) left.push_back(swept.error().message);
    co_await CleanDisk(left);
    const Status unlinked = podsync::RemoveDeadLinks(config_.log_dir, config_.container_log_dir);
    if (!unlinked.ok()) left.push_back(unlinked.error().message);
    co_await ForgetPods(left);
    if (left.empty()) co_await RemoveNetwork(status->cni_conf_dir, left);
  }

 private:
  /// All that are listed, and those that come yet.
  Task<void> EndSandboxes(std::string cni_conf_dir, std::vector<std::string>& left) {
    const std::string network = network::NetworkOf(cni_conf_dir, OwnerMark(config_));
    std::optional<SteadyTime> deadline;
    while (true) {
      const auto sandboxes = co_await Listed();
      if (!sandboxes.ok()) {
        left.push_back(sandboxes.error().message);
        co_return;
      }
      if (deadline && clock_.Steady() >= *deadline) {
        for (const cri::Sandbox& sandbox : *sandboxes) {
          left.push_back(fmt::format("pod {}/{}: the runtime still shows a sandbox of it", sandbox.ns, sandbox.name));
        }
        co_return;
      }
      co_await EndAll(*sandboxes, left);
      if (!deadline) deadline = clock_.Steady() + kStartsOver;
      if (!sandboxes->empty()) {
        co_await Sleep(clock_, kLook);
        continue;
      }
      const bool more = co_await MayAppear(network, *deadline);
      if (!more) co_return;
    }
  }

  /// This node's, but for those that could not be ended.
  Task<Result<std::vector<cri::Sandbox>>> Listed() {
    cri::SandboxFilter filter;
    filter.labels[observe::kAgentLabel] = config_.node_name;
    CO_TRY(std::vector<cri::Sandbox> sandboxes, co_await runtime_->ListSandboxes(filter));
    std::erase_if(sandboxes, [this](const cri::Sandbox& sandbox) { return kept_.contains(sandbox.uid); });
    co_return sandboxes;
  }

  Task<void> EndAll(const std::vector<cri::Sandbox>& sandboxes, std::vector<std::string>& left) {
    size_t running = sandboxes.size();
    Signal done(io_.get_executor());
    for (const cri::Sandbox& sandbox : sandboxes) {
      tried_.insert(sandbox.uid);
      Spawn(io_.get_executor(), "end sandbox", EndOne(sandbox, left, running, done));
    }
    while (running > 0) co_await done.Wait();
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
    const auto sandboxes = co_await runtime_->ListSandboxes(everything);
    if (!sandboxes.ok()) co_return false;
    for (const cri::Sandbox& sandbox : *sandboxes) alive.erase(sandbox.id);
    co_return !alive.empty();
  }

  Task<void> EndOne(cri::Sandbox sandbox, std::vector<std::string>& left, size_t& running, Signal& done) {
    const std::string name = sandbox.ns + "/" + sandbox.name;
    const Status ended = co_await End(sandbox);
    if (ended.ok()) {
      std::cout << "pod " << name << " ended\n";
    } else {
      left.push_back(fmt::format("pod {}: {}", name, ended.error().message));
      kept_.insert(sandbox.uid);
    }
    --running;
    done.Notify();
  }

  Task<Status> End(const cri::Sandbox& sandbox) {
    Status removed = co_await RemoveSandbox(sandbox);
    // A start that was cut off goes on in the runtime for a moment, and holds what it is starting.
    const SteadyTime deadline = clock_.Steady() + kStartsOver;
    while (!removed.ok() && removed.error().code != ErrorCode::kNotFound && clock_.Steady() < deadline) {
      co_await Sleep(clock_, kRetry);
      removed = co_await RemoveSandbox(sandbox);
    }
    if (!removed.ok() && removed.error().code != ErrorCode::kNotFound) co_return removed;
    co_return co_await RemoveTraces(sandbox.uid);
  }

  Task<Status> RemoveSandbox(const cri::Sandbox& sandbox) {
    const std::chrono::seconds grace = podsync::GraceOf(sandbox.annotations);
    cri::ContainerFilter filter;
    filter.sandbox_id = sandbox.id;
    CO_TRY(const auto containers, co_await runtime_->ListContainers(filter));
    for (const cri::Container& container : containers) {
      if (container.state == cri::ContainerState::kRunning)
        CO_TRYV(co_await podsync::EndContainer(*runtime_, container.id, grace));
    }
    CO_TRYV(co_await runtime_->StopSandbox(sandbox.id));
    co_return co_await runtime_->RemoveSandbox(sandbox.id);
  }

  /// The pod's cgroups, logs and links. The directory that makes the pod known comes after them (CleanDisk).
  Task<Status> RemoveTraces(std::string uid) {
    // What the runtime does not know any more is killed in the end, but not while it still has a sandbox of the pod.
    podsync::CgroupsOfPod cgroups{kCgroups, uid, !kept_.contains(uid)};
    const bool gone = co_await podsync::EndCgroups(clock_, pool_, std::move(cgroups));
    auto logs = [uid, root = config_.log_dir, links = config_.container_log_dir] {
      return podsync::RemoveLogsOf(uid, root, links);
    };
    const Status removed = co_await pool_.Run(std::move(logs));
    if (gone) co_return removed;
    co_return MakeError(ErrorCode::kFailedPrecondition, fmt::format("a cgroup of pod {} is still in use", uid));
  }

  Task<void> CleanDisk(std::vector<std::string>& left) {
    const auto pods = co_await volumes_->KnownPods();
    if (!pods.ok()) {
      left.push_back(pods.error().message);
      co_return;
    }
    for (const std::string& uid : *pods) {
      const Status removed = co_await RemoveTraces(uid);
      if (!removed.ok()) left.push_back(removed.error().message);
      const Status unmounted = co_await volumes_->Unmount(uid);
      if (!unmounted.ok()) left.push_back(unmounted.error().message);
    }
  }

  /// Those that are made again: in order, as after a first start.
  Task<void> ForgetPods(std::vector<std::string>& left) {
    if (!std::filesystem::exists(layout_.Store())) co_return;
    store::SqliteStore::Options options;
    options.directory = config_.state_dir;
    options.now = clock_.Now();
    Result<std::unique_ptr<store::SqliteStore>> store = store::SqliteStore::Open(options, io_.get_executor());
    if (!store.ok()) {
      left.push_back(store.error().message);
      co_return;
    }
    const store::ListOptions everything;
    const store::Preconditions none;
    const auto pods = co_await (*store)->List("Pod", everything);
    if (!pods.ok()) {
      left.push_back(pods.error().message);
      co_return;
    }
    for (const api::Object& pod : pods->items) {
      if (api::NodeOf(pod.body()) != config_.node_name) continue;
      const bool again = co_await MadeAgain(**store, pod);
      if (!again) continue;
      const auto deleted = co_await (*store)->Delete(pod.key(), none);
      if (!deleted.ok()) left.push_back(deleted.error().message);
    }
    const Status closed = (*store)->Close();
    if (!closed.ok()) left.push_back(closed.error().message);
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
    const auto others = co_await runtime_->ListSandboxes(all);
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
  std::unique_ptr<podsync::EndingSandboxes> runtime_;
  std::unique_ptr<volumes::PodVolumes> volumes_;
  std::set<std::string> tried_;  // uids of pods of which a sandbox was seen
  std::set<std::string> kept_;   // … and could not be ended
};

}  // namespace

int RunDown(const Config& config) {
  if (const Status locked = LockRunDirectory(config); !locked.ok()) {
    std::cerr << "ordinald down: " << locked.error().message << '\n';
    return 1;
  }
  asio::io_context io(1);
  std::vector<std::string> left;
  Down down(io, config);
  Spawn(io.get_executor(), "down", down.Run(left));
  io.run();
  for (const std::string& line : left) std::cerr << "ordinald down: " << line << '\n';
  if (left.empty()) std::cout << "nothing of this node runs any more; its volumes and objects are kept\n";
  return left.empty() ? 0 : 1;
}

}  // namespace ordinal

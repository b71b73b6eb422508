#include "agent/app/node_guard.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "agent/base/log.h"
#include "agent/base/loops.h"
#include "agent/base/whole_file.h"
#include "agent/node/pressure/stall.h"
#include "agent/podsync/cgroups.h"

namespace ordinal {
namespace {

constexpr Duration kTryAgain = std::chrono::minutes(1);  // to reach the system bus
constexpr Duration kSoon = std::chrono::seconds(1);      // the same, when it was there
constexpr Duration kReread = std::chrono::milliseconds(100);
constexpr int kRereads = 20;
constexpr std::chrono::seconds kBeside{5};  // for all that is not the grace of pods

// Ours of the drop-ins of logind.conf(5); it goes with the next boot.
constexpr const char *kDropIns = "/run/systemd/logind.conf.d", *kDropIn = "99-ordinald.conf";

/// The flags were checked with the command line.
node::EvictionPolicy EvictionPolicyOf(const Config& config) {
  const auto policy = node::ParseEvictionPolicy(config.eviction);
  return policy.ok() ? *policy : node::EvictionPolicy();
}

node::ShutdownPolicy ShutdownPolicyOf(const Config& config) {
  const auto policy = node::ParseShutdownPolicy(config.shutdown);
  return policy.ok() ? *policy : node::ShutdownPolicy();
}

Status WriteDropIn(std::chrono::seconds delay) {
  std::error_code failed;
  std::filesystem::create_directories(kDropIns, failed);
  return WriteWhole(fmt::format("{}/{}", kDropIns, kDropIn),
                    fmt::format("# ordinald: the time that pods have to end before a shutdown\n"
                                "[Login]\nInhibitDelayMaxSec={}\n",
                                delay.count()));
}

}  // namespace

NodeGuard::NodeGuard(Parts parts)
    : parts_(std::move(parts)),
      evictions_({parts_.executor, parts_.clock, parts_.pool, parts_.runtime.calls(), parts_.runtime.stats(),
                  parts_.runtime.view(), parts_.caches.Of<api::Pod>(), parts_.caches.Of<api::StatefulSet>(),
                  parts_.recorder, parts_.layout, parts_.config.node_name},
                 EvictionSources(), EvictionPolicyOf(parts_.config)),
      shutdown_({parts_.executor, parts_.clock, parts_.runtime.view(), parts_.caches.Of<api::Pod>(), parts_.recorder,
                 parts_.config.node_name},
                ShutdownSources(), ShutdownPolicyOf(parts_.config)),
      ended_(parts_.executor) {
  parts_.pods.RefuseWith([this](const api::Pod& pod) { return WhyRefused(pod); });
}

node::Evictions::Sources NodeGuard::EvictionSources() {
  node::Evictions::Sources sources;
  sources.processes = [&sync = parts_.pods.sync(), root = podsync::NodeFacts().cgroup_root](const api::Pod& pod) {
    return podsync::ProcessesIn(root, sync.CgroupOf(pod));
  };
  sources.tell = parts_.tell;
  sources.free_images = [&images = parts_.images] { return images.RemoveUnused(); };
  sources.evict = [&sync = parts_.pods.sync()](const std::string& uid, node::Evictions::Order order) {
    sync.EndByNode(uid, {"Evicted", std::move(order.message), order.grace.count(), /*rests=*/false});
  };
  sources.holds_disk = [&sync = parts_.pods.sync()](const std::string& uid) { return sync.HoldsVolumes(uid); };
  return sources;
}

node::Shutdown::Sources NodeGuard::ShutdownSources() {
  node::Shutdown::Sources sources;
  sources.tell = parts_.tell;
  sources.end = [&sync = parts_.pods.sync()](const std::string& uid, std::chrono::seconds grace) {
    sync.EndByNode(uid, {"Terminated", "Pod was terminated in response to imminent node shutdown.", grace.count(),
                         /*rests=*/true});
  };
  sources.go_on = [&sync = parts_.pods.sync()] { sync.GoOn(); };
  return sources;
}

Task<void> NodeGuard::Begin() {
  co_await evictions_.Begin();
  const auto loop = [this](const char* name, BeginLoop begin) {
    SpawnLoop(parts_.executor, parts_.clock, name, std::move(begin));
  };
  loop("evictions", [this] { return evictions_.Run(); });
  loop("stalls of memory", [this] { return FollowStalls(); });
  loop("shutdowns of the host", [this] { return FollowHost(); });
}

Task<void> NodeGuard::FollowStalls() {
  node::MemoryStall stall(parts_.executor);
  std::function<void()> hurry = [this] { evictions_.Hurry(); };
  const Status followed = co_await stall.Follow(std::move(hurry));
  log::Info("pressure on memory is looked for every 10 s only: {}", followed.error().message);
}

void NodeGuard::PodChanged(const std::string& uid) {
  evictions_.PodChanged(uid);
  shutdown_.PodChanged();
}

void NodeGuard::Tell(node::NodeFacts& facts) const {
  facts.pressures = evictions_.conditions();
  facts.shutting_down = shutdown_.under_way();
  if (facts.shutting_down) facts.not_ready = "node is shutting down";
}

podsync::Waiting NodeGuard::WhyRefused(const api::Pod& pod) const {
  if (shutdown_.under_way()) return {"NodeShutdown", "Pod was rejected as the node is shutting down."};
  std::string why = evictions_.WhyRefused(pod);
  if (why.empty()) return {};
  return {"Evicted", std::move(why)};
}

Task<void> NodeGuard::FollowHost() {
  if (shutdown_.policy().Total() == std::chrono::seconds(0)) co_return;
  std::string said;
  while (true) {
    Status followed;
    bool connected = false;
    {
      systemd::Login login(parts_.executor, parts_.clock);
      followed = co_await login.Connect();
      connected = followed.ok();
      if (connected) followed = co_await FollowLogin(login);
    }
    const std::string& why = followed.error().message;
    if (why != said) log::Info("the host's shutdown is not waited for: {}", why);
    said = why;
    co_await Sleep(parts_.clock, connected ? kSoon : kTryAgain);
  }
}

/// Ends with an error only. A shutdown that was heard of before may have been cancelled while nobody listened.
Task<Status> NodeGuard::FollowLogin(systemd::Login& login) {
  co_await AskForTime(login);
  CO_TRY(const bool preparing, co_await login.Preparing());
  if (!preparing) co_await GoOn(login);
  while (true) {
    CO_TRY(const bool begins, co_await login.Next());
    if (begins && !ending_ && !shutdown_.under_way()) {
      ending_ = true;
      shutdown_.Signalled();
      SpawnLoop(parts_.executor, parts_.clock, "shutdown", [this] { return EndPods(); });
    }
    if (!begins) co_await GoOn(login);
  }
}

/// No shutdown is under way: pods run, and the next one waits for them.
Task<void> NodeGuard::GoOn(systemd::Login& login) {
  shutdown_.Cancel();
  while (ending_) co_await ended_.Wait();
  co_await Inhibit(login);
}

/// The lock is let go when all have ended: the host goes down then. Fit to begin anew: the shutdown may have been
/// cancelled meanwhile.
Task<void> NodeGuard::EndPods() {
  co_await shutdown_.EndPods();
  if (shutdown_.under_way()) lock_ = Fd();
  ending_ = false;
  ended_.Notify();
}

Task<void> NodeGuard::Inhibit(systemd::Login& login) {
  std::string who = "ordinald", why = "pods are ended in order";
  Result<Fd> lock = co_await login.Inhibit(std::move(who), std::move(why));
  if (lock.ok()) lock_ = std::move(*lock);
  if (!lock.ok()) log::Warning("{}", lock.error().message);
}

/// logind delays by five seconds unless it is told otherwise.
Task<void> NodeGuard::AskForTime(systemd::Login& login) {
  const std::chrono::seconds wanted = shutdown_.policy().Total() + kBeside;
  Result<Duration> granted = co_await login.InhibitDelayMax();
  if (!granted.ok() || *granted >= wanted) co_return;
  auto write = [wanted] { return WriteDropIn(wanted); };
  Status asked = co_await parts_.pool.Run(std::move(write));
  if (asked.ok()) asked = co_await login.Reload();
  for (int i = 0; asked.ok() && i < kRereads; ++i) {
    granted = co_await login.InhibitDelayMax();
    if (granted.ok() && *granted >= wanted) co_return;
    co_await Sleep(parts_.clock, kReread);
  }
  log::Warning(
      "the host delays its shutdown for less than the {} s that --shutdown-grace-period takes: "
      "set InhibitDelayMaxSec={} in "
      "/etc/systemd/logind.conf and restart systemd-logind{}",
      wanted.count(), wanted.count(), asked.ok() ? "" : " (" + asked.error().message + ")");
}

}  // namespace ordinal

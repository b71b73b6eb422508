// EvictionsTest: a node with pods on it whose figures a test says, with the clock in hand.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "agent/node/pressure/evictions.h"
#include "agent/objects/caches.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"
#include "tests/unit/agent/node/pressure/pods.h"
#include "tests/unit/agent/node/pressure/states.h"

namespace ordinal::node {

using api::Json;
using std::chrono::seconds;

class EvictionsTest : public ::testing::Test, public events::Recorder {
 protected:
  EvictionsTest() { caches_.Start(io_.get_executor()); }

  void Record(const events::Event& event) override {
    events_.push_back(fmt::format("{} {}", event.about.name(), event.reason));
  }

  void Start(const EvictionFlags& flags) {
    Evictions::Sources sources;
    sources.figures = [this](const FigurePlaces& places) { return FiguresOf(places); };
    sources.look_at_disks = [this](std::vector<DeviceLooks::Look> looks) -> Task<void> {
      for (const DeviceLooks::Look& each : looks) {
        if (each.path != hanging_) each.look();
      }
      co_return;
    };
    sources.processes = [this](const api::Pod& pod) { return processes_[pod.meta.name]; };
    sources.tell = [this]() -> Task<void> {
      ++told_;
      co_return;
    };
    sources.free_images = [this]() -> Task<Status> {
      ++freed_;
      if (freed_figure_) figures_ = *freed_figure_;
      co_return Status();
    };
    sources.evict = [this](const std::string& uid, Evictions::Order order) {
      evicted_.push_back(fmt::format("{} {}s", uid.substr(4), order.grace.count()));
      message_ = order.message;
      told_before_ = told_ > 0;
    };
    sources.holds_disk = [this](const std::string& uid) { return holding_.contains(uid); };
    evictions_ = std::make_unique<Evictions>(
        Evictions::Parts{io_.get_executor(), clock_, pool_, runtime_, runtime_, states_, caches_.Of<api::Pod>(),
                         caches_.Of<api::StatefulSet>(), *this, layout_, "node-a"},
        std::move(sources), *ParseEvictionPolicy(flags));
    RunTask(io_, evictions_->Begin());
    begun_ = {told_, freed_, evicted_.size()};
    Spawn(io_.get_executor(), "evictions", evictions_->Run());
    Settle();
  }

  /// Those of figures_ that are asked for.
  Figures FiguresOf(const FigurePlaces& places) {
    Figures asked = figures_;
    std::erase_if(asked, [&](const auto& each) {
      switch (each.first) {
        case EvictionSignal::kNodefsAvailable:
        case EvictionSignal::kNodefsInodesFree: return places.node_fs.empty();
        case EvictionSignal::kImagefsAvailable:
        case EvictionSignal::kImagefsInodesFree: return places.image_fs.empty();
        default: return places.proc.empty();
      }
    });
    return asked;
  }

  void Settle() {
    for (int i = 0; i < 20; ++i) {
      const auto nothing = [] { return Status(); };
      ASSERT_TRUE(RunTask(io_, pool_.Run(nothing)).ok());
      RunReady(io_);
    }
  }
  void Pass(Duration by) {
    for (Duration passed{0}; passed < by; passed += seconds(5)) {
      clock_.Advance(seconds(5));
      Settle();
    }
  }

  void Run(Json pod) {
    states_.Set(pod["metadata"]["uid"], cri::ContainerState::kRunning);
    Put(std::move(pod));
  }
  void Put(Json pod) {
    const api::ObjectKey key{"Pod", "default", pod["metadata"]["name"]};
    const auto gone = RunTask(io_, store_.Delete(key, {}));  // the one before
    (void)gone;
    ASSERT_TRUE(RunTask(io_, store_.Create(api::Object(std::move(pod)))).ok());
    Settle();
  }
  /// The node ended it: Failed, and nothing of it runs.
  void Over(Json pod) {
    const std::string uid = pod["metadata"]["uid"];
    states_.Set(uid, cri::ContainerState::kExited);
    pod["status"] = {{"phase", "Failed"}, {"reason", "Evicted"}};
    Put(std::move(pod));
    evictions_->PodChanged(uid);
    Settle();
  }
  /// The runtime counts what the pod's container `container` uses.
  void Count(const std::string& pod, const std::string& container, int64_t memory, int64_t layer = 0) {
    cri::SandboxConfig sandbox;
    sandbox.name = pod;
    sandbox.uid = "uid-" + pod;
    runtime_.AddImage("busybox:1.35");
    const auto id = RunTask(io_, runtime_.RunSandbox(sandbox));
    cri::ContainerConfig config;
    config.name = container;
    config.image = "busybox:1.35";
    config.labels = {{observe::kAgentLabel, "node-a"}, {observe::kPodUidLabel, sandbox.uid}};
    const auto made = RunTask(io_, runtime_.CreateContainer(*id, config, sandbox));
    ASSERT_TRUE(RunTask(io_, runtime_.StartContainer(*made)).ok());
    runtime_.SetUsage(container, seconds(1), static_cast<uint64_t>(memory));
    runtime_.SetLayer(container, static_cast<uint64_t>(layer));
  }
  void Memory(int64_t available) { figures_ = {{EvictionSignal::kMemoryAvailable, {available, 1000}}}; }

  static EvictionFlags Hard(const std::string& hard) { return {.hard = hard}; }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  fakes::FakeRuntime runtime_{clock_, io_.get_executor()};
  BlockingPool pool_{1};
  store::MemoryStore store_;
  objects::Caches caches_{store_, clock_};
  const objects::Cache<api::Pod>& pods_ = caches_.Of<api::Pod>();
  const objects::Cache<api::StatefulSet>& sets_ = caches_.Of<api::StatefulSet>();
  SaidStates states_;
  fakes::ScratchDirectory directory_;
  const Layout layout_{
      {directory_ / "state", directory_ / "volumes", directory_ / "run", directory_ / "logs", directory_ / "links"}};
  Figures figures_;
  std::string hanging_;  ///< no answer of the file system at this path
  std::optional<Figures> freed_figure_;
  std::map<std::string, int64_t> processes_;
  std::set<std::string> holding_;  ///< uids of pods whose emptyDirs are still there
  int told_ = 0, freed_ = 0;
  bool told_before_ = false;
  struct {
    int told = 0, freed = 0;
    size_t evicted = 0;
  } begun_;  ///< what had happened when it had begun, before it ran
  std::vector<std::string> evicted_, events_;
  std::string message_;
  std::unique_ptr<Evictions> evictions_;
};

}  // namespace ordinal::node

// The node under pressure: what it says, who goes and when, with the clock in hand.
#include "agent/node/pressure/evictions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "agent/objects/caches.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"
#include "tests/unit/agent/node/pressure/pods.h"
#include "tests/unit/agent/node/pressure/states.h"

namespace ordinal::node {
namespace {

using api::Json;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EvictionsTest : public ::testing::Test, public events::Recorder {
 protected:
  EvictionsTest() { caches_.Start(io_.get_executor()); }

  void Record(const events::Event& event) override {
    events_.push_back(fmt::format("{} {}", event.about.name(), event.reason));
  }

  void Start(const EvictionFlags& flags) {
    Evictions::Sources sources;
    sources.figures = [this](const FigurePlaces&) { return figures_; };
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

TEST_F(EvictionsTest, NothingHappensWithoutPressure) {
  Run(PodNamed("a"));
  Memory(500);
  Start(Hard("memory.available<100"));
  Pass(minutes(1));
  EXPECT_THAT(evicted_, IsEmpty());
  EXPECT_THAT(events_, IsEmpty());
  EXPECT_EQ(told_, 0);
}

TEST_F(EvictionsTest, TheNodeSaysItThenOnePodGoesAndTheNextWhenItHasEnded) {
  Run(PodNamed("a"));
  Run(PodNamed("b"));
  Memory(500);
  Start(Hard("memory.available<100"));
  Memory(50);
  Pass(seconds(10));
  EXPECT_THAT(evictions_->conditions(), ElementsAre(Pressure::kMemory));
  EXPECT_THAT(evicted_, ElementsAre("a 1s"));
  EXPECT_TRUE(told_before_);
  EXPECT_THAT(message_, HasSubstr("The node was low on resource: memory. Threshold quantity: 100, available: 50. "));
  EXPECT_THAT(events_, ElementsAre("node-a NodeHasInsufficientMemory", "node-a EvictionThresholdMet", "a Evicted"));
  Pass(seconds(20));
  EXPECT_THAT(evicted_, ElementsAre("a 1s"));  // it has not ended yet
  Over(PodNamed("a"));
  Pass(seconds(5));
  EXPECT_THAT(evicted_, ElementsAre("a 1s", "b 1s"));
}

TEST_F(EvictionsTest, WhenThereIsEnoughAgainNobodyGoesAndTheConditionEndsLater) {
  Run(PodNamed("a"));
  Run(PodNamed("b"));
  Memory(50);
  Start(Hard("memory.available<100"));
  EXPECT_THAT(evicted_, ElementsAre("a 1s"));
  Memory(500);
  Over(PodNamed("a"));
  Pass(minutes(4));
  EXPECT_THAT(evictions_->conditions(), ElementsAre(Pressure::kMemory));
  Pass(minutes(2));
  EXPECT_THAT(evictions_->conditions(), IsEmpty());
  EXPECT_THAT(events_, Contains("node-a NodeHasSufficientMemory"));
  EXPECT_THAT(evicted_, ElementsAre("a 1s"));
}

TEST_F(EvictionsTest, ASoftThresholdGivesTimeToEnd) {
  Run(PodNamed("a", {{"terminationGracePeriodSeconds", 30}}));
  Memory(50);
  Start({.hard = "",
         .soft = "memory.available<100",
         .soft_grace_period = "memory.available=1m",
         .max_pod_grace_period = 12});
  Pass(seconds(50));
  EXPECT_THAT(evicted_, IsEmpty());
  Pass(seconds(20));
  EXPECT_THAT(evicted_, ElementsAre("a 12s"));
}

TEST_F(EvictionsTest, CriticalPodsStay) {
  Run(PodNamed("critical", {{"priority", 2'000'000'000}}));
  Run(PodNamed("elsewhere", {{"nodeName", "node-b"}}));
  Memory(50);
  Start(Hard("memory.available<100"));
  Pass(minutes(1));
  EXPECT_THAT(evicted_, IsEmpty());
}

TEST_F(EvictionsTest, AnAnnotationOfAMirrorPodMakesNobodyCritical) {
  Json mirror = PodNamed("mirror");
  mirror["metadata"]["annotations"]["kubernetes.io/config.mirror"] = "1";
  Run(mirror);
  Memory(50);
  Start(Hard("memory.available<100"));
  EXPECT_THAT(evicted_, ElementsAre("mirror 1s"));
}

TEST_F(EvictionsTest, NeverTwoOrdinalsOfOneSetAtOnce) {
  Json set{{"apiVersion", "apps/v1"}, {"kind", "StatefulSet"}, {"spec", {{"replicas", 2}}}};
  set["metadata"] = {{"name", "db"}, {"namespace", "default"}, {"uid", "uid-db"}};
  ASSERT_TRUE(RunTask(io_, store_.Create(api::Object(set))).ok());
  for (int i = 0; i < 2; ++i) Run(OrdinalOf("db", i));
  Memory(50);
  Start(Hard("memory.available<100"));
  EXPECT_THAT(evicted_, ElementsAre("db-1 1s"));
  Over(OrdinalOf("db", 1));
  Pass(minutes(1));
  EXPECT_THAT(evicted_, ElementsAre("db-1 1s"));
  Json successor = OrdinalOf("db", 1, {{"nodeName", ""}});
  successor["metadata"]["uid"] = "uid-db-1b";
  Put(successor);  // waits for the taint
  Run(PodNamed("web"));
  Pass(minutes(1));
  EXPECT_THAT(evicted_, ElementsAre("db-1 1s", "web 1s"));
  Over(PodNamed("web"));
  successor["spec"]["nodeName"] = "node-a";
  successor["status"]["conditions"] = {{{"type", "Ready"}, {"status", "True"}}};
  Run(successor);
  Pass(minutes(1));
  EXPECT_EQ(evicted_.size(), 3U);
}

TEST_F(EvictionsTest, AnOrdinalThatWasAwayBeforeTheAgentStartedKeepsItsSetWhole) {
  Run(OrdinalOf("db", 0));
  Put(OrdinalOf("db", 1, {{"nodeName", ""}}));
  Memory(50);
  Start(Hard("memory.available<100"));
  Pass(minutes(1));
  EXPECT_THAT(evicted_, IsEmpty());
}

TEST_F(EvictionsTest, ForMemoryWhoUsesMostOverItsRequestGoesFirst) {
  const auto asking = [](const char* name, const char* memory) {
    return Json{{"containers", {{{"name", name}, {"resources", {{"requests", {{"memory", memory}}}}}}}}};
  };
  Run(PodNamed("a", asking("large", "900Mi")));
  Run(PodNamed("b", asking("small", "10Mi")));
  Count("a", "large", 800 << 20);
  Count("b", "small", 50 << 20);
  Memory(50);
  Start(Hard("memory.available<100"));
  EXPECT_THAT(evicted_, ElementsAre("b 1s"));
  EXPECT_THAT(message_,
              HasSubstr("Container small was using 50Mi, request is 10Mi, has larger consumption of memory."));
}

TEST_F(EvictionsTest, NobodyGoesWhenItIsNotKnownWhatPodsUse) {
  Run(PodNamed("a"));
  Memory(50);
  runtime_.FailNext(fakes::FakeRuntime::Call::kListContainerStats, MakeError(ErrorCode::kUnavailable, "busy"));
  Start(Hard("memory.available<100"));
  EXPECT_THAT(evicted_, IsEmpty());
  Pass(seconds(10));
  EXPECT_THAT(evicted_, ElementsAre("a 1s"));
}

TEST_F(EvictionsTest, AContainerOverItsLimitOfTheDiskEndsItsPod) {
  const auto limited = [](const char* name) {
    return Json{{"containers", {{{"name", name}, {"resources", {{"limits", {{"ephemeral-storage", "1Mi"}}}}}}}}};
  };
  Run(PodNamed("a", limited("modest")));
  Run(PodNamed("b", limited("greedy")));
  Count("a", "modest", 0, 1 << 19);
  Count("b", "greedy", 0, 1 << 21);
  Start(Hard(""));
  EXPECT_THAT(evicted_, ElementsAre("b 1s"));
  EXPECT_EQ(message_, "Pod ephemeral local storage usage exceeds the total limit of containers 1Mi. ");
}

TEST_F(EvictionsTest, ForTheDiskImagesAndDeadContainersGoFirst) {
  Run(PodNamed("a"));
  cri::SandboxConfig sandbox;
  sandbox.name = sandbox.uid = "dead";
  figures_ = {{EvictionSignal::kNodefsAvailable, {50, 1000}}};
  freed_figure_ = Figures{{EvictionSignal::kNodefsAvailable, {500, 1000}}};
  Json dead = PodNamed("dead");
  dead["status"]["phase"] = "Succeeded";
  states_.Set("uid-dead", cri::ContainerState::kExited);
  Put(dead);
  Start(Hard("nodefs.available<10%"));
  EXPECT_EQ(begun_.told, 1);
  EXPECT_EQ(begun_.freed, 0);
  EXPECT_EQ(begun_.evicted, 0U);
  EXPECT_EQ(freed_, 1);
  EXPECT_THAT(runtime_.calls(), Contains(HasSubstr("RemoveContainer")));
  EXPECT_THAT(evictions_->conditions(), ElementsAre(Pressure::kDisk));
  EXPECT_THAT(evicted_, IsEmpty());
  freed_figure_.reset();
  figures_ = {{EvictionSignal::kNodefsAvailable, {50, 1000}}};
  Pass(seconds(15));
  EXPECT_THAT(evicted_, ElementsAre("a 1s"));
  EXPECT_THAT(message_, HasSubstr("low on resource: ephemeral-storage"));
}

TEST_F(EvictionsTest, TheNextGoesOnlyWhenTheVolumesOfTheOneBeforeAreGoneOrItTookTooLong) {
  for (const char* name : {"a", "b", "c"}) Run(PodNamed(name));
  holding_ = {"uid-a", "uid-b"};
  Memory(50);
  Start(Hard("memory.available<100"));
  EXPECT_THAT(evicted_, ElementsAre("a 1s"));
  Over(PodNamed("a"));
  Pass(seconds(15));
  EXPECT_THAT(evicted_, ElementsAre("a 1s"));
  holding_.erase("uid-a");
  Pass(seconds(10));
  EXPECT_THAT(evicted_, ElementsAre("a 1s", "b 1s"));
  Over(PodNamed("b"));
  Pass(seconds(20));
  EXPECT_EQ(evicted_.size(), 2U);
  Pass(seconds(25));
  EXPECT_THAT(evicted_, ElementsAre("a 1s", "b 1s", "c 1s"));
}

TEST_F(EvictionsTest, ForTheDiskWhoTakesMostOfItGoesFirst) {
  fakes::WriteFile(layout_.EmptyDir("uid-b", "data") + "/file", std::string(1 << 20, 'x'));
  Run(PodNamed("a"));
  Run(PodNamed("b", {{"volumes", {{{"name", "data"}, {"emptyDir", Json::object()}}}}}));
  figures_ = {{EvictionSignal::kNodefsAvailable, {50, 1000}}};
  Start(Hard("nodefs.available<10%"));
  EXPECT_THAT(evicted_, ElementsAre("b 1s"));
}

TEST_F(EvictionsTest, ForProcessesWhoHasMostGoesFirst) {
  Run(PodNamed("a"));
  Run(PodNamed("b"));
  processes_ = {{"a", 3}, {"b", 900}};
  figures_ = {{EvictionSignal::kPidAvailable, {50, 1000}}};
  Start(Hard("pid.available<100"));
  EXPECT_THAT(evicted_, ElementsAre("b 1s"));
  EXPECT_THAT(message_, HasSubstr("low on resource: pids"));
}

TEST_F(EvictionsTest, AnEmptyDirOverItsLimitEndsItsPodOnce) {
  const Json volumes{{{"name", "data"}, {"emptyDir", {{"sizeLimit", "512Ki"}}}}};
  Run(PodNamed("a", {{"volumes", volumes}}));
  Run(PodNamed("b", {{"volumes", volumes}}));
  Start(Hard(""));
  EXPECT_THAT(evicted_, IsEmpty());
  fakes::WriteFile(layout_.EmptyDir("uid-b", "data") + "/file", std::string(1 << 20, 'x'));
  Pass(minutes(1));
  EXPECT_THAT(evicted_, ElementsAre("b 1s"));
  EXPECT_EQ(message_, "Usage of EmptyDir volume \"data\" exceeds the limit \"512Ki\". ");
  EXPECT_THAT(evictions_->conditions(), IsEmpty());
}

TEST_F(EvictionsTest, NewPodsAreRefusedAsTheConditionsSay) {
  const Json requests{{"resources", {{"requests", {{"memory", "1Mi"}}}}}, {"name", "main"}};
  const auto refused = [this](Json spec) { return evictions_->WhyRefused(*ViewOf(PodNamed("a", std::move(spec)))); };
  Memory(500);
  Start(Hard("memory.available<100,pid.available<100"));
  EXPECT_EQ(refused({}), "");
  Memory(50);
  Pass(seconds(10));
  EXPECT_EQ(refused(Json::object()), "The node had condition: [MemoryPressure]. ");
  EXPECT_EQ(refused({{"containers", {requests}}}), "");
  EXPECT_EQ(refused({{"priority", kCriticalPriority}}), "");
  EXPECT_EQ(refused({{"tolerations", {{{"key", "node.kubernetes.io/memory-pressure"}, {"operator", "Exists"}}}}}), "");
  figures_[EvictionSignal::kPidAvailable] = {50, 1000};
  Pass(seconds(10));
  EXPECT_EQ(refused({{"containers", {requests}}}), "The node had condition: [MemoryPressure PIDPressure]. ");
}

TEST_F(EvictionsTest, AStallOfMemoryIsLookedAtWithinASecond) {
  Run(PodNamed("a"));
  Memory(500);
  Start(Hard("memory.available<100"));
  Memory(50);
  evictions_->Hurry();
  Settle();
  EXPECT_THAT(evicted_, IsEmpty());  // the last look was a moment ago
  clock_.Advance(seconds(1));
  Settle();
  EXPECT_THAT(evicted_, ElementsAre("a 1s"));
}

}  // namespace
}  // namespace ordinal::node

// The node under pressure: what it says, who goes and when, with the clock in hand.
#include <gmock/gmock.h>

#include "tests/unit/agent/node/pressure/evictions_case.h"

namespace ordinal::node {
namespace {

using std::chrono::minutes;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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
  EXPECT_THAT(events_, ElementsAre("node-a EvictionThresholdMet", "a Evicted"));
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

TEST_F(EvictionsTest, ADiskThatDoesNotAnswerHidesNoOtherPressure) {
  Run(PodNamed("a"));
  Memory(50);
  figures_[EvictionSignal::kNodefsAvailable] = {50, 1000};
  hanging_ = layout_.directories().state;
  Start({.hard = "memory.available<100,nodefs.available<10%"});
  EXPECT_THAT(evictions_->conditions(), ElementsAre(Pressure::kMemory));
  EXPECT_THAT(evicted_, ElementsAre("a 1s"));
  hanging_.clear();
  Pass(seconds(10));
  EXPECT_THAT(evictions_->conditions(), ElementsAre(Pressure::kMemory, Pressure::kDisk));
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

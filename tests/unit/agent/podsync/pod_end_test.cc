// How pods end: by a delete, by force, because nobody wants them any more.
#include <gmock/gmock.h>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using fakes::FakeRuntime;
using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class PodEnd : public ::testing::Test {
 protected:
  void StartPod(const Json& spec) {
    host_.StartAgent();
    host_.Apply(spec);
    host_.Settle();
    ASSERT_EQ(host_.Phase(), "Running");
    uid_ = host_.Object().uid();
  }

  void ExpectNothingLeft() {
    EXPECT_THAT(host_.runtime.sandboxes(), IsEmpty());
    EXPECT_THAT(host_.runtime.containers(), IsEmpty());
    EXPECT_THAT(host_.pod_volumes.ready(), IsEmpty());
    EXPECT_EQ(host_.workers(), 0U);
    EXPECT_FALSE(std::filesystem::exists(host_.directory / ("logs/default_kubia-0_" + uid_)));
    EXPECT_TRUE(host_.Object().empty());
  }

  Host host_;
  std::string uid_;
};

TEST_F(PodEnd, ADeletedPodGetsItsGraceAndLeavesNothing) {
  host_.runtime.Script("main", {.stop_takes = seconds(3)});
  StartPod(Spec({}, {"main"}));
  host_.Delete();
  host_.Pass(seconds(2));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 30s"));
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_FALSE(host_.Object().empty());
  host_.Pass(seconds(2));
  ExpectNothingLeft();
}

TEST_F(PodEnd, TheLastStatusSaysHowItEnded) {
  StartPod(Spec({}, {"main"}));
  // given a sandbox that takes a while to go, so that the last status can be seen
  host_.runtime.Delay(FakeRuntime::Call::kRemoveSandbox, seconds(2));
  host_.Delete();
  host_.Pass(seconds(1));
  EXPECT_EQ(host_.StatusOf()["containerStatuses"][0]["state"]["terminated"]["exitCode"], 143);
  host_.Pass(seconds(2));
  ExpectNothingLeft();
}

TEST_F(PodEnd, SidecarsEndAfterTheMainContainersLastOneFirst) {
  host_.runtime.Script("main", {.stop_takes = seconds(1)});
  host_.runtime.Script("second", {.stop_takes = seconds(2)});
  StartPod(Spec({"one*", "two*"}, {"main", "second"}));
  host_.Delete();
  host_.Pass(milliseconds(1500));
  EXPECT_EQ(host_.Running(), "one#0 second#0 two#0");
  host_.Pass(seconds(2));
  ExpectNothingLeft();
  EXPECT_THAT(host_.Stops(), ElementsAre(::testing::StartsWith("StopContainer"), ::testing::StartsWith("StopContainer"),
                                         "StopContainer two 28s", "StopContainer one 28s"));
}

TEST_F(PodEnd, AnotherDeleteMayShortenTheGrace) {
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  StartPod(Spec({}, {"main"}));
  host_.Delete();
  host_.Pass(seconds(2));
  host_.Delete(5);  // counted from the first delete, as deletionTimestamp shows it
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Running(), "main#0");
  host_.Pass(seconds(2));
  ExpectNothingLeft();
  EXPECT_EQ(host_.Stops().front(), "StopContainer main 30s");
  EXPECT_EQ(host_.Stops().back(), "StopContainer main 3s");
}

TEST_F(PodEnd, TheGraceIsNotBegunAnewByTimePassing) {
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  StartPod(Spec({}, {"main"}));
  host_.Delete();
  host_.Pass(seconds(31));
  ExpectNothingLeft();
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 30s"));
}

TEST_F(PodEnd, AClockThatIsSetNeitherShortensAGraceThatRunsNorMakesItLonger) {
  for (const auto by : {hours(1), -hours(1)}) {
    host_.runtime.Script("main", {.stop_takes = hours(1)});
    StartPod(Spec({}, {"main"}));
    host_.Delete();
    host_.Pass(seconds(10));
    host_.clock.Set(by);
    host_.Pass(seconds(19));
    EXPECT_EQ(host_.Running(), "main#0") << by.count();
    host_.Pass(seconds(2));
    ExpectNothingLeft();
    EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 30s"));
    host_.runtime.ClearCalls();
    host_.KillAgent();
  }
}

TEST_F(PodEnd, ForceCountsWhateverTheClockWasSetTo) {
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  StartPod(Spec({}, {"main"}));
  host_.Delete();
  host_.Pass(seconds(5));
  host_.clock.Set(hours(1));
  host_.Delete(0);
  host_.Pass(milliseconds(2200));
  ExpectNothingLeft();
}

TEST_F(PodEnd, AnotherAgentGivesNoMoreThanTheGraceWhenTheClockWasSetBack) {
  host_.runtime.Script("main", {.stop_takes = hours(2)});
  StartPod(Spec({}, {"main"}));
  host_.Delete();
  host_.Pass(seconds(10));
  host_.KillAgent();
  host_.runtime.ClearCalls();
  host_.clock.Set(-hours(1));
  host_.StartAgent();
  host_.Settle();
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 30s"));
}

TEST_F(PodEnd, AnotherAgentGivesOnlyWhatIsLeftOfTheGrace) {
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  StartPod(Spec({}, {"main"}));
  host_.Delete();
  host_.Pass(seconds(10));
  host_.KillAgent();
  host_.runtime.ClearCalls();
  host_.StartAgent();
  host_.Settle();
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 20s"));
  host_.Pass(seconds(21));
  ExpectNothingLeft();
}

TEST_F(PodEnd, ForceLeavesTwoSeconds) {
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  StartPod(Spec({}, {"main"}));
  host_.Delete(0);
  host_.Settle();
  EXPECT_TRUE(host_.Object().empty());
  host_.Pass(milliseconds(2200));
  ExpectNothingLeft();
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 2s"));
}

TEST_F(PodEnd, ForceShortensAGraceThatRuns) {
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  StartPod(Spec({}, {"main"}));
  host_.Delete();
  host_.Pass(seconds(5));
  host_.Delete(0);
  host_.Pass(milliseconds(2200));
  ExpectNothingLeft();
}

TEST_F(PodEnd, ANamesakeWaitsUntilTheForcedOneIsGone) {
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  StartPod(Spec({}, {"main"}));
  host_.Delete(0);
  host_.Settle();
  host_.Apply(Spec({}, {"main"}));
  host_.Pass(seconds(1));
  EXPECT_EQ(host_.Count("RunSandbox"), 1U);
  EXPECT_EQ(host_.Phase(), "Pending");
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Count("RunSandbox"), 2U);
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_EQ(host_.runtime.containers().begin()->second.labels.at(observe::kPodUidLabel), host_.Object().uid());
}

TEST_F(PodEnd, ANamesakeWaitsForASandboxThatIsJustBeingMade) {
  host_.runtime.Delay(FakeRuntime::Call::kRunSandbox, seconds(3));
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Pass(seconds(1));
  host_.Delete(0);
  host_.Settle();
  host_.Apply(Spec({}, {"main"}));
  host_.Pass(milliseconds(1500));
  EXPECT_EQ(host_.Count("RunSandbox"), 1U);  // the old one's, which no list shows yet
  host_.Pass(seconds(8));
  EXPECT_EQ(host_.Count("RunSandbox"), 2U);
  EXPECT_EQ(host_.runtime.sandboxes().size(), 1U);
  EXPECT_EQ(host_.Running(), "main#0");
}

TEST_F(PodEnd, AStopThatThrowsIsTriedAgain) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  uid_ = host_.Object().uid();
  host_.runtime.ThrowNext(FakeRuntime::Call::kStopContainer);
  host_.Delete();
  host_.Pass(seconds(30), seconds(1));
  ExpectNothingLeft();
}

TEST_F(PodEnd, APodDeletedBeforeItRanLeavesNothing) {
  host_.runtime.FailNext(FakeRuntime::Call::kRunSandbox, MakeError(ErrorCode::kInternal, "no network"), 1000);
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  uid_ = host_.Object().uid();
  host_.Delete();
  host_.Pass(seconds(1));
  ExpectNothingLeft();
}

TEST_F(PodEnd, APodDeletedBeforeItRanHasFailed) {
  host_.runtime.FailNext(FakeRuntime::Call::kCreateContainer, MakeError(ErrorCode::kInternal, "no"), 1000);
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  ASSERT_EQ(host_.Phase(), "Pending");
  // given a sandbox that takes a while to go, so that the last status can be seen
  host_.runtime.Delay(FakeRuntime::Call::kRemoveSandbox, seconds(2));
  host_.Delete();
  host_.Pass(seconds(1));
  EXPECT_EQ(host_.Phase(), "Failed") << "who holds it with a finalizer would wait for ever";
}

TEST_F(PodEnd, APullThatOutlivesItsPodHarmsNobody) {
  host_.runtime.AddRemoteImage("slow:1");
  host_.runtime.Delay(FakeRuntime::Call::kPullImage, seconds(60));
  host_.StartAgent();
  Json spec = Spec({}, {"main"});
  spec["containers"][0]["image"] = "slow:1";
  host_.Apply(spec);
  host_.Pass(seconds(1));
  ASSERT_EQ(host_.Count("PullImage"), 1U);
  host_.Delete();
  host_.Pass(seconds(5));
  ASSERT_EQ(host_.workers(), 0U);
  // the next one finds it going on
  host_.Apply(spec);
  host_.Pass(seconds(60), seconds(1));
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_EQ(host_.Count("PullImage"), 1U);
}

TEST_F(PodEnd, EveryStepIsRepeatedUntilItSucceeds) {
  StartPod(Spec({}, {"main"}));
  const Error no = MakeError(ErrorCode::kInternal, "not now");
  host_.runtime.FailNext(FakeRuntime::Call::kStopContainer, no, 2);
  host_.runtime.FailNext(FakeRuntime::Call::kStopSandbox, no, 2);
  host_.runtime.FailNext(FakeRuntime::Call::kRemoveSandbox, no, 2);
  host_.pod_volumes.FailUnmounts(2, no);
  host_.Delete();
  host_.Pass(seconds(20));
  ExpectNothingLeft();
}

TEST_F(PodEnd, TheObjectStaysUntilTheVolumesAreFree) {
  StartPod(Spec({}, {"main"}));
  host_.pod_volumes.FailUnmounts(6, MakeError(ErrorCode::kFailedPrecondition, "busy"));
  host_.Delete();
  host_.Pass(seconds(2));
  EXPECT_THAT(host_.runtime.sandboxes(), IsEmpty());
  EXPECT_FALSE(host_.Object().empty());
  host_.Pass(seconds(3));
  ExpectNothingLeft();
}

// ---- what nobody wants

cri::SandboxConfig SandboxOf(const std::string& agent, const std::string& uid) {
  cri::SandboxConfig config;
  config.name = "stranger";
  config.ns = "default";
  config.uid = uid;
  config.labels = {{observe::kPodNameLabel, "stranger"},
                   {observe::kPodNamespaceLabel, "default"},
                   {observe::kPodUidLabel, uid},
                   {observe::kAgentLabel, agent}};
  config.annotations = {{observe::kPodTerminationGracePeriod, "7"}};
  return config;
}

TEST_F(PodEnd, WhatAnEarlierAgentLeftBehindIsEnded) {
  const auto id = RunTask(host_.io, host_.runtime.RunSandbox(SandboxOf("node-a", "u-1")));
  cri::ContainerConfig container;
  container.name = "main";
  container.image = "busybox:1.35";
  container.labels = SandboxOf("node-a", "u-1").labels;
  const auto made = RunTask(host_.io, host_.runtime.CreateContainer(*id, container, SandboxOf("node-a", "u-1")));
  ASSERT_TRUE(made.ok());
  ASSERT_TRUE(RunTask(host_.io, host_.runtime.StartContainer(*made)).ok());
  host_.pod_volumes.Leave("u-1");
  host_.pod_volumes.Leave("u-2");  // only a directory is left of this one
  host_.StartAgent();
  host_.Pass(seconds(1));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 7s"));
  EXPECT_THAT(host_.runtime.sandboxes(), IsEmpty());
  EXPECT_THAT(host_.pod_volumes.ready(), IsEmpty());
  EXPECT_EQ(host_.workers(), 0U);
}

TEST_F(PodEnd, WhatAnotherAgentOrAKubeletMadeIsNotTouched) {
  ASSERT_TRUE(RunTask(host_.io, host_.runtime.RunSandbox(SandboxOf("node-b", "u-1"))).ok());
  cri::SandboxConfig kubelets = SandboxOf("", "u-2");
  kubelets.labels.erase(observe::kAgentLabel);
  ASSERT_TRUE(RunTask(host_.io, host_.runtime.RunSandbox(kubelets)).ok());
  host_.runtime.ClearCalls();
  host_.StartAgent();
  host_.Pass(seconds(120), seconds(1));
  EXPECT_THAT(host_.runtime.calls(), IsEmpty());
}

TEST_F(PodEnd, NothingIsEndedBeforeTheRuntimeWasRead) {
  StartPod(Spec({}, {"main"}));
  host_.KillAgent();
  host_.runtime.ClearCalls();
  host_.runtime.SetReachable(false);
  host_.StartAgent();
  host_.Pass(seconds(10));
  host_.runtime.SetReachable(true);
  host_.Pass(seconds(10));
  EXPECT_THAT(host_.runtime.calls(), IsEmpty());
  EXPECT_EQ(host_.Running(), "main#0");
}

}  // namespace
}  // namespace ordinal::podsync

// A pod's resources are changed while it runs: pods/resize, decided, carried out and shown.
#include <gmock/gmock.h>

#include "tests/unit/agent/podsync/resize_case.h"

namespace ordinal::podsync {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(PodResize, ShowsWhatWasGivenFromTheBeginning) {
  host.StartAgent();
  Start(SpecWith(Burstable("500m", "1Gi")));
  EXPECT_EQ(Allocated(), (Json{{"cpu", "500m"}, {"memory", "1Gi"}}));
  EXPECT_EQ(Shown(), Burstable("500m", "1Gi"));
  EXPECT_EQ(Pending() + InProgress(), "");
}

TEST_F(PodResize, ChangesAContainerThatRunsAndEndsNothing) {
  host.StartAgent();
  Start(SpecWith(Burstable("500m", "1Gi")));
  Resize(Burstable("1", "2Gi", "5Gi"));
  host.Settle();
  EXPECT_EQ(host.Running(), "main#0");
  EXPECT_EQ(host.Count("UpdateContainer"), 1U);
  EXPECT_EQ(host.Count("StopContainer"), 0U);
  EXPECT_EQ(Has().cpu_shares, 1024);
  EXPECT_EQ(Has().memory_limit, 5LL << 30);
  EXPECT_EQ(Allocated(), (Json{{"cpu", "1"}, {"memory", "2Gi"}}));
  EXPECT_EQ(Shown(), Burstable("1", "2Gi", "5Gi"));
  EXPECT_EQ(Pending() + InProgress(), "");
  EXPECT_THAT(host.events,
              AllOf(Contains(HasSubstr("Normal ResizeStarted")), Contains(HasSubstr("Normal ResizeCompleted"))));
  host.Pass(seconds(60), seconds(5));
  EXPECT_EQ(host.Count("UpdateContainer"), 1U) << "once is enough";
}

TEST_F(PodResize, EndsTheContainerWhosePolicyAsksForThatAndNoOther) {
  Json spec = SpecWith(Burstable("200m", "1Gi"));
  spec["containers"].push_back(Containers({"side"})[0]);
  spec["containers"][0]["resizePolicy"] =
      Json::parse(R"([{"resourceName":"memory","restartPolicy":"RestartContainer"}])");
  host.StartAgent();
  host.Apply(spec);
  host.Settle();
  Resize(Burstable("300m", "1Gi"));
  host.Settle();
  EXPECT_EQ(host.Running(), "main#0 side#0") << "processors need no restart";
  Resize(Burstable("300m", "2Gi"));
  host.Settle();
  EXPECT_EQ(host.Running(), "main#1 side#0");
  EXPECT_THAT(host.Stops(), ::testing::ElementsAre(HasSubstr("StopContainer main")));
  EXPECT_EQ(Shown(), Burstable("300m", "2Gi"));
  EXPECT_EQ(InProgress(), "");
  EXPECT_THAT(host.events, Contains(HasSubstr("Killing Container main resize requires restart")));
}

TEST_F(PodResize, AContainerThatEndsWellForItsResizeStartsAgainUnderOnFailure) {
  fakes::FakeRuntime::Behaviour behaviour;
  behaviour.stopped_with = 0;
  host.runtime.Script("main", behaviour);
  Json spec = SpecWith(Burstable("200m", "1Gi"), "OnFailure");
  spec["containers"][0]["resizePolicy"] = Json::parse(R"([{"resourceName":"cpu","restartPolicy":"RestartContainer"}])");
  host.StartAgent();
  Start(spec);
  Resize(Burstable("300m", "1Gi"));
  host.Settle();
  EXPECT_EQ(host.Running(), "main#1");
  EXPECT_EQ(host.Phase(), "Running");
}

TEST_F(PodResize, WaitsForRoomAndIsMadeWhenAnotherPodGoes) {
  host.StartAgent();
  Start(SpecWith(Burstable("1", "1Gi")));
  Start(SpecWith(Burstable("900m", "1Gi")), "kubia-1");
  Resize(Burstable("1200m", "1Gi"));
  host.Settle();
  EXPECT_THAT(Pending(), HasSubstr("True Deferred Node didn't have enough resource: cpu, requested: 1200, used: 900, "
                                   "capacity: 2000"));
  EXPECT_EQ(Allocated()["cpu"], "1");
  EXPECT_EQ(Shown()["requests"]["cpu"], "1");
  EXPECT_EQ(host.Count("UpdateContainer"), 0U);
  EXPECT_THAT(host.events, Contains(HasSubstr("Warning ResizeDeferred")));
  host.Delete(0, "kubia-1");
  host.Pass(seconds(5), seconds(1));
  EXPECT_EQ(Pending() + InProgress(), "");
  EXPECT_EQ(Allocated()["cpu"], "1200m");
  EXPECT_EQ(Has().cpu_shares, 1228);
  EXPECT_EQ(host.Running(), "main#0");
}

TEST_F(PodResize, WaitsForRoomAndIsMadeWhenAnotherPodShrinks) {
  host.StartAgent();
  Start(SpecWith(Burstable("1", "1Gi")));
  Start(SpecWith(Burstable("900m", "1Gi")), "kubia-1");
  Resize(Burstable("1200m", "1Gi"));
  host.Settle();
  ASSERT_THAT(Pending(), HasSubstr("Deferred"));
  Resize(Burstable("100m", "1Gi"), "kubia-1");
  host.Settle();
  EXPECT_EQ(Pending(), "");
  EXPECT_EQ(Has().cpu_shares, 1228);
  EXPECT_EQ(Has("kubia-1").cpu_shares, 102);
}

TEST_F(PodResize, OfAGuaranteedPodGoesBeforeOneThatHasWaitedLonger) {
  const auto guaranteed = [](const char* cpu) {
    return Json{{"requests", {{"cpu", cpu}, {"memory", "1Gi"}}}, {"limits", {{"cpu", cpu}, {"memory", "1Gi"}}}};
  };
  host.StartAgent();
  Start(SpecWith(Burstable("500m", "1Gi")));
  Start(SpecWith(guaranteed("500m")), "kubia-1");
  Start(SpecWith(Burstable("900m", "1Gi")), "kubia-2");
  Resize(Burstable("1200m", "1Gi"));
  host.Pass(seconds(2), seconds(1));
  Resize(guaranteed("1200m"), "kubia-1");
  host.Settle();
  ASSERT_THAT(Pending() + Pending("kubia-1"), AllOf(HasSubstr("Deferred"), Not(HasSubstr("Infeasible"))));
  host.Delete(0, "kubia-2");
  host.Pass(seconds(5), seconds(1));
  EXPECT_EQ(Pending("kubia-1"), "");
  EXPECT_EQ(Has("kubia-1").cpu_shares, 1228);
  EXPECT_THAT(Pending(), HasSubstr("Deferred")) << "there is room for one";
}

TEST_F(PodResize, NeverFitsAndLeavesThePodAsItIs) {
  host.StartAgent();
  Start(SpecWith(Burstable("1", "1Gi")));
  Resize(Json{{"requests", {{"cpu", "3"}, {"memory", "1Gi"}}}, {"limits", {{"cpu", "4"}, {"memory", "4Gi"}}}});
  host.Settle();
  EXPECT_THAT(Pending(), HasSubstr("True Infeasible Node didn't have enough capacity: cpu, requested: 3000, capacity: "
                                   "2000"));
  EXPECT_EQ(host.Count("UpdateContainer"), 0U);
  Resize(Burstable("1", "1Gi"));  // taken back
  host.Settle();
  EXPECT_EQ(Pending(), "");
  EXPECT_EQ(host.Running(), "main#0");
}

TEST_F(PodResize, ThatTheRuntimeRefusesIsShownAndTriedAgain) {
  host.StartAgent();
  Start(SpecWith(Burstable("500m", "1Gi")));
  host.runtime.FailNext(fakes::FakeRuntime::Call::kUpdateContainer,
                        MakeError(ErrorCode::kInternal, "device or resource busy"), 2);
  Resize(Burstable("1", "1Gi"));
  host.Settle();
  EXPECT_THAT(InProgress(), HasSubstr("True Error device or resource busy"));
  EXPECT_EQ(Allocated()["cpu"], "1");
  EXPECT_EQ(Shown()["requests"]["cpu"], "500m") << "what it runs with";
  EXPECT_THAT(host.events, Contains(HasSubstr("Warning ResizeError device or resource busy")));
  host.Pass(seconds(5));
  EXPECT_EQ(InProgress(), "");
  EXPECT_EQ(Shown()["requests"]["cpu"], "1");
  EXPECT_EQ(host.Running(), "main#0");
}

TEST_F(PodResize, OfLessMemoryThanIsUsedWaits) {
  host.StartAgent();
  Start(SpecWith(Burstable("500m", "1Gi", "4Gi")));
  const std::string id = host.runtime.Find("kubia-0", "main")->id;
  const std::string cgroup = host.directory / ("cgroup/memory/kubepods/burstable/pod" + host.Object().uid() + "/" + id);
  std::filesystem::create_directories(cgroup);
  std::ofstream(cgroup + "/memory.usage_in_bytes") << (3LL << 30);
  Resize(Burstable("500m", "1Gi", "2Gi"));
  host.Settle();
  EXPECT_THAT(InProgress(), HasSubstr("below current usage"));
  EXPECT_EQ(host.Count("UpdateContainer"), 0U);
  std::ofstream(cgroup + "/memory.usage_in_bytes") << (1LL << 30);
  host.Pass(seconds(5));
  EXPECT_EQ(InProgress(), "");
  EXPECT_EQ(Has().memory_limit, 2LL << 30);
}

// ---- the agent is killed
TEST_F(PodResize, ThatWaitsIsRememberedByTheNextAgent) {
  host.StartAgent();
  Start(SpecWith(Burstable("1", "1Gi")));
  Start(SpecWith(Burstable("900m", "1Gi")), "kubia-1");
  Resize(Burstable("1200m", "1Gi"));
  host.Settle();
  host.KillAgent();
  host.StartAgent();
  host.Pass(seconds(2), seconds(1));
  EXPECT_THAT(Pending(), HasSubstr("Deferred"));
  EXPECT_EQ(Allocated()["cpu"], "1");
  EXPECT_EQ(host.Running() + " " + host.Running("kubia-1"), "main#0 main#0");
  host.Delete(0, "kubia-1");
  host.Pass(seconds(5), seconds(1));
  EXPECT_EQ(Has().cpu_shares, 1228);
}

TEST_F(PodResize, ThatIsUnderWayIsCarriedOutByTheNextAgent) {
  host.StartAgent();
  Start(SpecWith(Burstable("500m", "1Gi")));
  host.runtime.FailNext(fakes::FakeRuntime::Call::kUpdateContainer, MakeError(ErrorCode::kInternal, "busy"), 1);
  Resize(Burstable("1", "1Gi"));
  host.Settle();
  ASSERT_THAT(InProgress(), HasSubstr("Error"));
  host.KillAgent();
  host.StartAgent();
  host.Pass(seconds(2), seconds(1));
  EXPECT_EQ(InProgress(), "");
  EXPECT_EQ(Has().cpu_shares, 1024);
  EXPECT_EQ(host.Running(), "main#0");
}

TEST_F(PodResize, ThatIsDoneIsNotDoneAgainByTheNextAgent) {
  host.StartAgent();
  Start(SpecWith(Burstable("500m", "1Gi")));
  Resize(Burstable("1", "1Gi"));
  host.Settle();
  host.KillAgent();
  host.StartAgent();
  host.Pass(seconds(2), seconds(1));
  EXPECT_EQ(host.Count("UpdateContainer"), 1U);
  EXPECT_EQ(Shown()["requests"]["cpu"], "1");
}

/// The write came in while no agent looked: what the container was made with tells what it has.
TEST_F(PodResize, AskedForWhileNoAgentRanIsSeenByTheNextOne) {
  host.StartAgent();
  Start(SpecWith(Burstable("500m", "1Gi")));
  host.KillAgent();
  Resize(Burstable("1", "1Gi"));
  host.StartAgent();
  host.Pass(seconds(2), seconds(1));
  EXPECT_EQ(host.Count("UpdateContainer"), 1U);
  EXPECT_EQ(Has().cpu_shares, 1024);
}

// ---- admission
TEST_F(PodResize, APodThatDoesNotFitFailsAndIsNeverMade) {
  host.StartAgent();
  Start(SpecWith(Burstable("1500m", "1Gi")));
  host.Apply(SpecWith(Burstable("600m", "1Gi")), "kubia-1");
  host.Settle();
  EXPECT_EQ(host.Phase("kubia-1"), "Failed");
  const Json status = host.StatusOf("kubia-1");
  EXPECT_EQ(api::ReadString(status, "reason"), "OutOfcpu");
  EXPECT_EQ(api::ReadString(status, "message"),
            "Pod was rejected: Node didn't have enough resource: cpu, requested: 600, used: 1500, capacity: 2000");
  EXPECT_EQ(host.Running("kubia-1"), "");
  EXPECT_EQ(host.Count("RunSandbox"), 1U);
  EXPECT_THAT(host.events, Contains(HasSubstr("Warning OutOfcpu")));
  host.Apply(SpecWith(Burstable("100m", "7500Mi", "7600Mi")), "kubia-2");
  host.Settle();
  EXPECT_EQ(api::ReadString(host.StatusOf("kubia-2"), "reason"), "OutOfmemory");
  host.Apply(SpecWith(Burstable("500m", "1Gi")), "kubia-3");  // those that failed take nothing
  host.Settle();
  EXPECT_EQ(host.Running("kubia-3"), "main#0");
}

TEST_F(PodResize, WhatRunsIsNotRefusedByAnAgentThatFindsItTooLarge) {
  host.StartAgent();
  Start(SpecWith(Burstable("1500m", "1Gi")));
  host.KillAgent();
  host.cpu_milli = 1000;
  host.StartAgent();
  host.Pass(seconds(2), seconds(1));
  EXPECT_EQ(host.Running(), "main#0");
  EXPECT_EQ(host.Phase(), "Running");
}

}  // namespace
}  // namespace ordinal::podsync

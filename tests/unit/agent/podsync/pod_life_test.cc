// Pods from start to end: the real workers on a fake runtime.
#include <gmock/gmock.h>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using fakes::FakeRuntime;
using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PodLife : public ::testing::Test {
 protected:
  std::string SandboxId() const { return host_.runtime.sandboxes().begin()->first; }
  std::string IdOf(const std::string& container) const {
    const cri::Container* found = host_.runtime.Find("kubia-0", container);
    return found == nullptr ? "" : found->id;
  }

  Host host_;
};

// ---- start

TEST_F(PodLife, AWantedPodIsStarted) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main", "second"}));
  host_.Settle();
  EXPECT_THAT(host_.runtime.calls(),
              ElementsAre("RunSandbox default/kubia-0", "CreateContainer main", "StartContainer main",
                          "CreateContainer second", "StartContainer second"));
  EXPECT_EQ(host_.Running(), "main#0 second#0");
  const api::Pod pod = api::Pod::From(host_.Object());
  EXPECT_EQ(pod.status.phase, "Running");
  EXPECT_TRUE(pod.Ready());
  EXPECT_EQ(pod.status.pod_ip, host_.runtime.sandboxes().begin()->second.ips.front());
  EXPECT_THAT(host_.events, Contains("Normal Started Started container main"));
}

TEST_F(PodLife, APodThatWasThereBeforeTheAgentIsStarted) {
  host_.Apply(Spec({}, {"main"}));
  host_.StartAgent();
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#0");
}

TEST_F(PodLife, PodsOfOtherNodesAreLeftAlone) {
  host_.StartAgent();
  Json spec = Spec({}, {"main"});
  spec["nodeName"] = "node-b";
  host_.Apply(spec);
  host_.Settle();
  EXPECT_THAT(host_.runtime.calls(), IsEmpty());
}

TEST_F(PodLife, InitContainersComeOneAfterAnother) {
  host_.runtime.Script("one", {.exits_with = 0, .runs_for = seconds(1)});
  host_.runtime.Script("two", {.exits_with = 0, .runs_for = seconds(1)});
  host_.StartAgent();
  host_.Apply(Spec({"one", "side*", "two"}, {"main"}));
  host_.Settle();
  EXPECT_EQ(host_.Running(), "one#0");
  EXPECT_EQ(host_.Phase(), "Pending");
  host_.Pass(milliseconds(1100));
  EXPECT_EQ(host_.Running(), "side#0 two#0");
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Running(), "main#0 side#0");
  EXPECT_EQ(host_.Phase(), "Running");
}

TEST_F(PodLife, FilesOfAPodAreWritten) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  const std::string uid = host_.Object().uid();
  const std::string address = host_.runtime.sandboxes().begin()->second.ips.front();
  EXPECT_THAT(fakes::ReadFile(host_.layout.EtcHosts(uid)), HasSubstr(address + "\tkubia-0\n"));
  EXPECT_TRUE(std::filesystem::exists(host_.layout.TerminationLog(uid, "main", "0")));
  EXPECT_TRUE(std::filesystem::is_symlink(host_.layout.ContainerLogLink("kubia-0", "default", "main", IdOf("main"))));
  const auto& mounts = host_.runtime.ContainerConfigOf(IdOf("main")).mounts;
  ASSERT_EQ(mounts.size(), 2U);
  EXPECT_EQ(mounts[0].container_path, "/etc/hosts");
  EXPECT_EQ(mounts[1].container_path, "/dev/termination-log");
}

TEST_F(PodLife, OnTheHostsNetworkTheHostsFileIsACopy) {
  host_.StartAgent();
  Json spec = Spec({}, {"main"});
  spec["hostNetwork"] = true;
  spec["containers"][0]["env"] =
      Json::parse(R"([{"name":"IP","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}])");
  host_.Apply(spec);
  host_.Settle();
  const auto config = host_.runtime.ContainerConfigOf(IdOf("main"));
  EXPECT_EQ(config.mounts.at(0).host_path, host_.layout.EtcHosts(host_.Object().uid()));
  EXPECT_THAT(fakes::ReadFile(config.mounts.at(0).host_path),
              ::testing::StartsWith("# Kubernetes-managed hosts file (host network)."));
  // and a container that is started again knows the address too
  host_.runtime.ExitContainer(IdOf("main"), 1);
  host_.Settle();
  ASSERT_EQ(host_.Running(), "main#1");
  EXPECT_THAT(host_.runtime.ContainerConfigOf(IdOf("main")).envs, Contains(::testing::Pair("IP", "192.0.2.1")));
}

// ---- failures on the way

TEST_F(PodLife, ASandboxThatFailsIsTriedAgainLaterAndLater) {
  host_.runtime.FailNext(FakeRuntime::Call::kRunSandbox, MakeError(ErrorCode::kInternal, "no network"), 4);
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  std::vector<size_t> tries;
  for (int i = 0; i < 8; ++i) {  // after 0, 0.4, 0.8 … 2.8 s
    i == 0 ? host_.Settle() : host_.Pass(milliseconds(400));
    tries.push_back(host_.Count("RunSandbox"));
  }
  EXPECT_THAT(tries, ElementsAre(1, 2, 3, 3, 4, 4, 4, 4));  // at 0, 0.2, 0.6, 1.4 and 3.0 s
  EXPECT_THAT(host_.events, Contains("Warning FailedCreatePodSandBox no network").Times(1));
  host_.Pass(milliseconds(400));
  EXPECT_EQ(host_.Running(), "main#0");
}

TEST_F(PodLife, VolumesThatAreNotReadyAreTriedAgainBeforeAnySandbox) {
  host_.pod_volumes.FailMounts(2, MakeError(ErrorCode::kInternal, "no disk", "FailedMount"));
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  EXPECT_THAT(host_.runtime.calls(), IsEmpty());
  EXPECT_EQ(host_.Waiting(), "ContainerCreating");
  EXPECT_THAT(host_.events, ElementsAre("Warning FailedMount no disk"));
  host_.Pass(seconds(1));
  EXPECT_EQ(host_.Running(), "main#0");
}

TEST_F(PodLife, AContainerThatCannotBeMadeIsTriedAgainAndSaysWhy) {
  host_.runtime.FailNext(FakeRuntime::Call::kCreateContainer,
                         MakeError(ErrorCode::kInternal, "no", "CreateContainerError"), 3);
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  EXPECT_EQ(host_.Waiting(), "CreateContainerError");
  EXPECT_EQ(host_.Count("CreateContainer"), 1U);
  host_.Pass(seconds(3));
  EXPECT_EQ(host_.Count("CreateContainer"), 4U);
  EXPECT_EQ(host_.Running(), "main#0");  // no failed creation counts as a restart
  EXPECT_EQ(host_.Phase(), "Running");
}

TEST_F(PodLife, ACommandThatDoesNotExistIsBackedOffLikeACrash) {
  host_.runtime.Script("main", {.refuses_to_start = true});
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  EXPECT_EQ(host_.Waiting(), "RunContainerError");
  host_.Pass(seconds(60), seconds(1));
  // the first restart soon, then after 1, 2, 4, 8, 16 and 32 s
  EXPECT_EQ(host_.Count("StartContainer"), 7U);
  EXPECT_EQ(host_.Waiting(), "CrashLoopBackOff");
  EXPECT_EQ(host_.StatusOf()["containerStatuses"][0]["lastState"]["terminated"]["reason"], "StartError");
  EXPECT_EQ(host_.runtime.containers().size(), 1U);  // the newest record only
}

TEST_F(PodLife, AnUnreachableRuntimeIsWaitedFor) {
  host_.StartAgent();
  host_.Settle();
  host_.runtime.SetReachable(false);
  host_.Apply(Spec({}, {"main"}));
  host_.Pass(seconds(5));
  EXPECT_THAT(host_.runtime.calls(), IsEmpty());
  host_.runtime.SetReachable(true);
  host_.Pass(seconds(31), seconds(1));  // the longest retry
  EXPECT_EQ(host_.Running(), "main#0");
}

TEST_F(PodLife, NothingIsRestartedBecauseTheRuntimeWasAwayForAWhile) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  host_.runtime.ClearCalls();
  host_.runtime.SetReachable(false);
  host_.Pass(seconds(120), seconds(1));
  host_.runtime.SetReachable(true);
  host_.Pass(seconds(120), seconds(1));
  EXPECT_THAT(host_.runtime.calls(), IsEmpty());
  EXPECT_EQ(host_.Running(), "main#0");
}

TEST_F(PodLife, ARecordThatCannotBeRemovedIsNoReasonToHurry) {
  host_.runtime.FailNext(FakeRuntime::Call::kRemoveContainer, MakeError(ErrorCode::kInternal, "busy"), 1'000'000);
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  for (int i = 0; i < 2; ++i) {
    host_.runtime.ExitContainer(IdOf("main"), 1);
    host_.Pass(seconds(11), seconds(1));
  }
  EXPECT_EQ(host_.Running(), "main#2");
  EXPECT_LE(host_.Count("RemoveContainer"), 4U);
}

// ---- restarts

TEST_F(PodLife, ACrashIsRestartedAtOnceThenAfterOneTwoAndFourSeconds) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  host_.runtime.ExitContainer(IdOf("main"), 137);
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#1");
  for (const seconds wait : {seconds(1), seconds(2), seconds(4)}) {
    host_.runtime.ExitContainer(IdOf("main"), 137);
    host_.Settle();
    EXPECT_EQ(host_.Waiting(), "CrashLoopBackOff") << wait.count();
    EXPECT_THAT(host_.events,
                Contains("Warning BackOff Back-off restarting failed container main in pod kubia-0_default(" +
                         host_.Object().uid() + ")"));
    host_.Pass(wait - milliseconds(200));
    EXPECT_EQ(host_.Running(), "") << wait.count();
    host_.Pass(milliseconds(400));
    EXPECT_NE(host_.Running(), "") << wait.count();
  }
  EXPECT_EQ(host_.Running(), "main#4");
  EXPECT_EQ(host_.runtime.sandboxes().size(), 1U);
}

TEST_F(PodLife, CrashesAreWaitedForAsWithAKubeletWhereThatIsWanted) {
  host_.restart_backoff = kKubernetesRestartBackoff;
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  host_.runtime.ExitContainer(IdOf("main"), 1);
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#1");
  host_.runtime.ExitContainer(IdOf("main"), 1);
  host_.Pass(seconds(9), seconds(1));
  EXPECT_EQ(host_.Running(), "");
  // another agent knows how often it was restarted
  host_.KillAgent();
  host_.StartAgent();
  host_.Pass(seconds(2), seconds(1));
  EXPECT_EQ(host_.Running(), "main#2");
  host_.runtime.ExitContainer(IdOf("main"), 1);
  host_.Pass(seconds(19), seconds(1));
  EXPECT_EQ(host_.Running(), "");
  host_.Pass(seconds(2), seconds(1));
  EXPECT_EQ(host_.Running(), "main#3");
}

TEST_F(PodLife, ALostSandboxMeansEverythingAgainInANewOne) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main", "second"}));
  host_.Settle();
  const std::string before = host_.StatusOf()["podIP"];
  host_.runtime.ExitSandbox(SandboxId());  // its containers still run at that moment
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#1 second#1");
  EXPECT_EQ(host_.runtime.sandboxes().size(), 2U);  // the old one holds the records of how they ended
  EXPECT_EQ(host_.runtime.sandboxes().begin()->second.state, cri::SandboxState::kNotReady);
  EXPECT_NE(host_.StatusOf()["podIP"], before);
  EXPECT_EQ(host_.Phase(), "Running");
}

TEST_F(PodLife, ALostSandboxIsSaidWithWhatFollows) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  host_.events.clear();
  host_.runtime.ClearCalls();
  host_.runtime.FailNext(FakeRuntime::Call::kRunSandbox, MakeError(ErrorCode::kInternal, "no network"), 3);
  host_.runtime.ExitSandbox(SandboxId());
  host_.Pass(seconds(3));
  EXPECT_THAT(host_.events,
              ElementsAre("Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.",
                          "Normal Killing Stopping container main", "Warning FailedCreatePodSandBox no network",
                          HasSubstr("Normal Pulled"), HasSubstr("Normal Created"), HasSubstr("Normal Started")));
  EXPECT_EQ(host_.runtime.calls().front(), "StopContainer main 30s");  // it has its grace, as with any end
}

TEST_F(PodLife, AFirstSandboxIsNoChange) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  ASSERT_THAT(host_.events, Contains(HasSubstr("Started")));
  EXPECT_THAT(host_.events, Not(Contains(HasSubstr("SandboxChanged"))));
}

TEST_F(PodLife, ALostSandboxUnderNeverIsTheEnd) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}, "Never"));
  host_.Settle();
  host_.runtime.ExitSandbox(SandboxId());
  host_.Pass(seconds(5));
  EXPECT_EQ(host_.Phase(), "Failed");
  EXPECT_EQ(host_.Count("RunSandbox"), 1U);
  EXPECT_EQ(host_.Count("StartContainer"), 1U);
}

TEST_F(PodLife, ASandboxRemovedBySomebodyIsMadeAgain) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  ASSERT_TRUE(RunTask(host_.io, host_.runtime.RemoveSandbox(SandboxId())).ok());
  host_.Pass(seconds(61), seconds(1));  // what no event tells, the slow list finds
  EXPECT_NE(host_.Running(), "");
  EXPECT_EQ(host_.runtime.sandboxes().size(), 1U);
}

TEST_F(PodLife, NothingStartsInANewSandboxWhileTheOldOneCannotBeStopped) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  host_.runtime.FailNext(FakeRuntime::Call::kStopSandbox, MakeError(ErrorCode::kInternal, "stuck"), 3);
  host_.runtime.ExitSandbox(SandboxId());
  host_.Settle();
  EXPECT_EQ(host_.Count("RunSandbox"), 1U);
  EXPECT_EQ(host_.Running(), "");  // the old one was told to end, and there is no second beside it
  host_.Pass(seconds(3));
  EXPECT_EQ(host_.Running(), "main#1");
}

// ---- pods that finish

TEST_F(PodLife, AFinishedPodReleasesItsSandboxAndKeepsItsRecord) {
  host_.runtime.Script("main", {.exits_with = 0, .runs_for = seconds(1)});
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}, "OnFailure"));
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Phase(), "Succeeded");
  EXPECT_EQ(host_.runtime.sandboxes().begin()->second.state, cri::SandboxState::kNotReady);
  EXPECT_NE(host_.runtime.Find("kubia-0", "main"), nullptr);
  EXPECT_EQ(host_.StatusOf()["containerStatuses"][0]["state"]["terminated"]["reason"], "Completed");
}

TEST_F(PodLife, AFinishedPodIsNotRunAgainByAnotherAgent) {
  host_.runtime.Script("main", {.exits_with = 3});
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}, "Never"));
  host_.Pass(seconds(1));
  ASSERT_EQ(host_.Phase(), "Failed");
  host_.KillAgent();
  // and even when the runtime has lost what it knew
  ASSERT_TRUE(RunTask(host_.io, host_.runtime.RemoveSandbox(SandboxId())).ok());
  const Json before = host_.StatusOf();
  host_.runtime.ClearCalls();
  host_.StartAgent();
  host_.Pass(seconds(120), seconds(1));
  EXPECT_THAT(host_.runtime.calls(), IsEmpty());
  EXPECT_EQ(host_.Phase(), "Failed");
  EXPECT_EQ(host_.StatusOf()["containerStatuses"], before["containerStatuses"]);
}

TEST_F(PodLife, TheDeadlineEndsThePodForGood) {
  host_.StartAgent();
  Json spec = Spec({}, {"main"});
  spec["activeDeadlineSeconds"] = 3;
  host_.Apply(spec);
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Running(), "main#0");
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Running(), "");
  EXPECT_EQ(host_.Phase(), "Failed");
  EXPECT_EQ(host_.StatusOf()["reason"], "DeadlineExceeded");
  host_.Pass(seconds(30), seconds(1));
  EXPECT_EQ(host_.Count("StartContainer"), 1U);
}

}  // namespace
}  // namespace ordinal::podsync

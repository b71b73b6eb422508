// What is being done for a pod when its end comes, or a newer wish, is given up: at once, and without leaving anything.
#include <gmock/gmock.h>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using fakes::FakeRuntime;
using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Call = FakeRuntime::Call;

class Interrupted : public ::testing::Test {
 protected:
  void Begin(const Json& spec, Duration before = milliseconds(100)) {
    host_.StartAgent();
    host_.Apply(spec);
    host_.Pass(before);
    host_.runtime.ClearCalls();
  }

  void ExpectNothingLeft() {
    EXPECT_TRUE(host_.Object().empty());
    EXPECT_THAT(host_.runtime.sandboxes(), IsEmpty());
    EXPECT_THAT(host_.runtime.containers(), IsEmpty());
    EXPECT_THAT(host_.pod_volumes.ready(), IsEmpty());
    EXPECT_EQ(host_.workers(), 0U);
  }

  Host host_;
};

TEST_F(Interrupted, WhileItsSandboxIsMade) {
  host_.runtime.Delay(Call::kRunSandbox, seconds(1));
  Begin(Spec({}, {"main"}));
  host_.Delete();
  host_.Pass(seconds(1));  // the sandbox comes, and goes
  ExpectNothingLeft();
  EXPECT_EQ(host_.Count("CreateContainer"), 0U);
}

TEST_F(Interrupted, WhileItsSandboxIsNeverMade) {
  host_.runtime.Delay(Call::kRunSandbox, hours(1));
  Begin(Spec({}, {"main"}));
  host_.Delete();
  host_.Pass(milliseconds(3200));
  ExpectNothingLeft();
}

TEST_F(Interrupted, WhatIsMadeAfterItsCallWasCancelledGoesToo) {
  host_.runtime.Delay(Call::kRunSandbox, hours(1));
  host_.runtime.OutliveItsCaller(milliseconds(500));
  Begin(Spec({}, {"main"}));
  host_.Delete();
  host_.Pass(seconds(4));
  EXPECT_EQ(host_.Count("RemoveSandbox"), 1U);
  ExpectNothingLeft();
}

TEST_F(Interrupted, WhatRunsIsEndedWithoutWaitingForWhatIsMade) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"first", "second"}));
  host_.Settle();
  ASSERT_EQ(host_.Running(), "first#0 second#0");
  host_.runtime.Delay(Call::kCreateContainer, hours(1));
  host_.runtime.ExitContainer(host_.runtime.Find("kubia-0", "second")->id, 1);
  host_.Settle();
  ASSERT_EQ(host_.Count("CreateContainer second"), 2U);
  host_.runtime.ClearCalls();
  host_.Delete();
  host_.Settle();
  EXPECT_THAT(host_.runtime.calls(), Contains("StopContainer first 30s"));
  EXPECT_EQ(host_.Running(), "");
  host_.Pass(seconds(4));
  ExpectNothingLeft();
}

TEST_F(Interrupted, WhileItsContainerIsMade) {
  host_.runtime.Delay(Call::kCreateContainer, seconds(1));
  Begin(Spec({}, {"main", "second"}));
  host_.Delete();
  host_.Pass(seconds(1));
  ExpectNothingLeft();
  EXPECT_EQ(host_.Count("StartContainer"), 0U);
  EXPECT_EQ(host_.Count("CreateContainer"), 0U) << "the second one was begun";
}

TEST_F(Interrupted, WhileItsProcessIsStarted) {
  host_.runtime.Delay(Call::kStartContainer, seconds(1));
  Begin(Spec({}, {"main"}));
  host_.Delete();
  host_.Pass(seconds(1));
  ExpectNothingLeft();
}

TEST_F(Interrupted, WhileItsImageIsPulled) {
  host_.runtime.Delay(Call::kPullImage, hours(1));
  Json spec = Spec({}, {"main"});
  spec["containers"][0]["image"] = "remote:1";
  Begin(spec);
  host_.Delete();
  host_.Settle();
  ExpectNothingLeft();
}

TEST_F(Interrupted, APullThatIsBegunForNobodyIsGivenUp) {
  host_.runtime.AddRemoteImage("remote:1");
  host_.runtime.Delay(Call::kImageStatus, seconds(1));
  host_.runtime.Delay(Call::kPullImage, hours(1));
  Json spec = Spec({}, {"main"});
  spec["containers"][0]["image"] = "remote:1";
  Begin(spec);
  host_.Delete();
  host_.Pass(seconds(2));
  ExpectNothingLeft();
  ASSERT_EQ(host_.Count("PullImage"), 1U);
  host_.Pass(seconds(31), seconds(1));
  host_.runtime.Delay(Call::kPullImage, seconds(0));
  host_.Apply(spec);
  host_.Pass(seconds(3));
  EXPECT_EQ(host_.Running(), "main#0") << "the first pull still goes on";
}

TEST_F(Interrupted, DeletedByForceWhileItsSandboxIsMade) {
  host_.runtime.Delay(Call::kRunSandbox, seconds(1));
  Begin(Spec({}, {"main"}));
  host_.Delete(0);
  host_.Pass(seconds(1));
  ExpectNothingLeft();
}

TEST_F(Interrupted, ANewerImageIsTheOneThatIsStarted) {
  host_.runtime.AddImage("busybox:1.36");
  host_.runtime.Delay(Call::kRunSandbox, seconds(1));
  Begin(Spec({}, {"main"}));
  const auto newer = [](Json& body) {
    body["spec"]["containers"][0]["image"] = "busybox:1.36";
    return true;
  };
  ASSERT_TRUE(RunTask(host_.io, host_.client.Modify({"Pod", "default", "kubia-0"}, newer)).ok());
  host_.Pass(seconds(2));
  ASSERT_EQ(host_.Running(), "main#0");
  EXPECT_EQ(host_.Count("CreateContainer"), 1U);
  EXPECT_EQ(host_.StatusOf()["containerStatuses"][0]["image"], "busybox:1.36");
}

TEST_F(Interrupted, NotByItsOwnStatusThatComesBack) {
  host_.runtime.Delay(Call::kRunSandbox, seconds(1));
  Begin(Spec({}, {"main"}));
  ASSERT_FALSE(host_.StatusOf()["startTime"].is_null());
  host_.reported.clear();
  host_.Pass(seconds(1));
  ASSERT_EQ(host_.Running(), "main#0");
  EXPECT_EQ(host_.reported.front()["phase"], "Running") << "it was planned anew in between: " << host_.reported.front();
}

TEST_F(Interrupted, AnEndIsShownBeforeItsSuccessorIsMade) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  host_.runtime.Delay(Call::kCreateContainer, hours(1));
  host_.runtime.ExitContainer(host_.runtime.Find("kubia-0", "main")->id, 7);
  host_.Settle();
  EXPECT_EQ(host_.StatusOf()["containerStatuses"][0]["state"]["terminated"]["exitCode"], 7) << host_.StatusOf();
  EXPECT_EQ(host_.StatusOf()["containerStatuses"][0]["ready"], false);
}

/// Two that ignore the stop signal are being ended because a deadline passed; their pod is deleted meanwhile.
TEST_F(Interrupted, WhileItsContainersAreBeingEnded) {
  host_.runtime.Script("first", {.stop_takes = hours(1)});
  host_.runtime.Script("second", {.stop_takes = hours(1)});
  Json spec = Spec({}, {"first", "second"});
  spec["activeDeadlineSeconds"] = 10;
  host_.StartAgent();
  host_.Apply(spec);
  host_.Pass(seconds(11));
  ASSERT_EQ(host_.Count("StopContainer"), 2U);
  EXPECT_EQ(host_.Phase(), "Running") << "it is over when all has ended";
  host_.Delete();
  host_.Pass(seconds(28));
  EXPECT_EQ(host_.Running(), "first#0 second#0") << "their grace is 30 s";
  host_.Pass(seconds(4));
  ExpectNothingLeft();
}

TEST_F(Interrupted, TheGraceThatOneContainerWasGivenIsNotBegunAnew) {
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  Json spec = Spec({}, {"main"});
  spec["activeDeadlineSeconds"] = 10;
  host_.StartAgent();
  host_.Apply(spec);
  host_.Pass(seconds(37), seconds(1));  // 27 of its 30 seconds
  host_.Delete();
  host_.Pass(seconds(4));
  EXPECT_EQ(host_.Running(), "");
}

/// A hundred starts, each ended at another moment, with calls that take their time.
TEST(InterruptedAnywhere, NothingIsLeft) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    const auto upto = [&random](uint64_t most) { return milliseconds(random.Next() % most); };
    Host host;
    for (const Call call : {Call::kRunSandbox, Call::kCreateContainer, Call::kStartContainer, Call::kPullImage,
                            Call::kStopContainer, Call::kStopSandbox, Call::kRemoveSandbox}) {
      host.runtime.Delay(call, upto(400));
    }
    if (seed % 4 == 0) host.runtime.Delay(Call::kRunSandbox, hours(1));
    if (seed % 8 == 0) host.runtime.OutliveItsCaller(upto(900));
    host.runtime.AddRemoteImage("remote:1");
    Json spec = Spec({"init", "side*"}, {"main", "second"});
    spec["containers"][1]["image"] = "remote:1";
    host.StartAgent();
    host.Apply(spec);
    host.Pass(upto(3000));
    host.Delete(seed % 3 == 0 ? std::optional<int64_t>(0) : std::nullopt);
    host.Pass(seconds(10));
    EXPECT_TRUE(host.Object().empty());
    EXPECT_THAT(host.runtime.sandboxes(), IsEmpty());
    EXPECT_THAT(host.runtime.containers(), IsEmpty());
    EXPECT_THAT(host.pod_volumes.ready(), IsEmpty());
    EXPECT_EQ(host.workers(), 0U);
    host.CheckInvariants();
  }
}

}  // namespace
}  // namespace ordinal::podsync

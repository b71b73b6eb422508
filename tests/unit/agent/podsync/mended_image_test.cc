// A container that runs is replaced when its image is another one. The backoff of one begins anew when its image is
// mended, and outlives the agent.
#include <gmock/gmock.h>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

class AnotherImage : public ::testing::Test {
 protected:
  AnotherImage() {
    host_.runtime.AddImage("busybox:1.36");
    host_.StartAgent();
  }
  void Start(Json spec) {
    host_.Apply(std::move(spec));
    host_.Settle();
  }
  void Mend(const std::string& image = "busybox:1.36") {
    const auto newer = [image](Json& body) {
      body["spec"]["containers"][0]["image"] = image;
      return true;
    };
    ASSERT_TRUE(RunTask(host_.io, host_.client.Modify({"Pod", "default", "kubia-0"}, newer)).ok());
  }

  Host host_;
};

/// pkg/kubelet/kuberuntime, computePodActions: a container that runs and was changed is started again regardless of the
/// policy; one that had ended before is not.
TEST_F(AnotherImage, ReplacesWhatRunsWhateverThePolicySays) {
  for (const char* policy : {"Never", "OnFailure"}) {
    fakes::FakeRuntime::Behaviour behaviour;
    behaviour.stopped_with = 0;
    host_.runtime.Script("main", behaviour);
    Start(Spec({}, {"main"}, policy));
    Mend();
    host_.Settle();
    EXPECT_EQ(host_.Running(), "main#1") << policy;
    EXPECT_EQ(host_.Phase(), "Running") << policy;
    host_.runtime.ExitContainer(host_.runtime.Find("kubia-0", "main")->id, 0);
    host_.Settle();
    EXPECT_EQ(host_.Phase(), "Succeeded") << policy;
    host_.Delete(0);
    host_.Pass(seconds(5), seconds(1));
  }
}

TEST_F(AnotherImage, BringsBackNothingThatHadEnded) {
  Start(Spec({}, {"main", "side"}, "Never"));
  host_.runtime.ExitContainer(host_.runtime.Find("kubia-0", "main")->id, 1);
  host_.Settle();
  Mend();
  host_.Pass(seconds(5), seconds(1));
  EXPECT_EQ(host_.Running(), "side#0");
}

TEST_F(AnotherImage, ThatIsTakenBackBeforeTheEndLeavesTheContainerItsOwn) {
  Start(Spec({}, {"main"}, "Never"));
  const std::string before = host_.Object().body()["spec"]["containers"][0]["image"];
  host_.runtime.FailNext(fakes::FakeRuntime::Call::kStopContainer, MakeError(ErrorCode::kInternal, "busy"), 1000);
  Mend();
  host_.Settle();
  ASSERT_GT(host_.Count("StopContainer"), 0U);
  Mend(before);
  host_.Pass(seconds(5), seconds(1));
  ASSERT_EQ(host_.Running(), "main#0");
  host_.runtime.ExitContainer(host_.runtime.Find("kubia-0", "main")->id, 0);
  host_.Settle();
  EXPECT_EQ(host_.Running(), "");
  EXPECT_EQ(host_.Phase(), "Succeeded");
}

class MendedImage : public AnotherImage {
 protected:
  MendedImage() { Start(Spec({}, {"main"})); }
  void Crash() {
    host_.runtime.ExitContainer(host_.runtime.Find("kubia-0", "main")->id, 1);
    host_.Settle();
  }
  /// Crashes until it waits for 32 s.
  void CrashOften() {
    for (int i = 0; i < 6; ++i) {
      Crash();
      host_.Pass(seconds(17), seconds(1));
    }
    Crash();
    host_.Pass(seconds(30), seconds(1));
    ASSERT_EQ(host_.Running(), "");
  }
};

TEST_F(MendedImage, IsStartedAtOnce) {
  CrashOften();
  Mend();
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#7");
}

TEST_F(MendedImage, IsStartedAtOnceByTheNextAgentToo) {
  CrashOften();
  host_.KillAgent();
  Mend();
  host_.StartAgent();
  host_.Pass(milliseconds(200));
  EXPECT_EQ(host_.Running(), "main#7");
}

TEST_F(MendedImage, BeginsAnewAlsoUnderTheNextAgent) {
  CrashOften();
  Mend();
  host_.Settle();
  Crash();
  EXPECT_EQ(host_.Running(), "main#8") << "the first time at once";
  host_.KillAgent();
  host_.StartAgent();
  host_.Settle();
  Crash();
  EXPECT_EQ(host_.Running(), "");
  host_.Pass(milliseconds(1200));
  EXPECT_EQ(host_.Running(), "main#9") << "then after a second, whatever its restart count is";
}

TEST_F(MendedImage, WithoutAMendTheNextAgentWaitsAsLong) {
  CrashOften();
  host_.KillAgent();
  host_.StartAgent();
  host_.Settle();
  EXPECT_EQ(host_.Running(), "");
  host_.Pass(seconds(3), seconds(1));
  EXPECT_EQ(host_.Running(), "main#7");
}

/// It ran for long once: that is forgotten by no agent.
TEST_F(MendedImage, AForgivenOneIsForgivenUnderTheNextAgent) {
  for (int i = 0; i < 5; ++i) {
    Crash();
    host_.Pass(seconds(17), seconds(1));
  }
  host_.Pass(minutes(11), seconds(30));
  Crash();
  ASSERT_EQ(host_.Running(), "main#6");
  host_.KillAgent();
  host_.StartAgent();
  host_.Settle();
  Crash();
  host_.Pass(milliseconds(1200));
  EXPECT_EQ(host_.Running(), "main#7");
}

}  // namespace
}  // namespace ordinal::podsync

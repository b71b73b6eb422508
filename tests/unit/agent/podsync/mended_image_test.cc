// The backoff of a container begins anew when its image is mended, and outlives the agent.
#include <gmock/gmock.h>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

class MendedImage : public ::testing::Test {
 protected:
  MendedImage() {
    host_.runtime.AddImage("busybox:1.36");
    host_.StartAgent();
    host_.Apply(Spec({}, {"main"}));
    host_.Settle();
  }
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
  void Mend() {
    const auto newer = [](Json& body) {
      body["spec"]["containers"][0]["image"] = "busybox:1.36";
      return true;
    };
    ASSERT_TRUE(RunTask(host_.io, host_.client.Modify({"Pod", "default", "kubia-0"}, newer)).ok());
  }

  Host host_;
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

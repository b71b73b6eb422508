// How the agent asks the kernel to end others first.
#include <gmock/gmock.h>

#include <fstream>

#include "agent/app/host.h"
#include "agent/base/capabilities.h"

namespace ordinal {
namespace {

int OwnScore() {
  int score = 0;
  std::ifstream("/proc/self/oom_score_adj") >> score;
  return score;
}

TEST(OomScore, IsWrittenWhereItMayBe) {
  const int before = OwnScore();
  ASSERT_TRUE(ProtectFromOomKiller(before + 1).ok());
  EXPECT_EQ(OwnScore(), before + 1);
  ASSERT_TRUE(ProtectFromOomKiller(before).ok());
  EXPECT_EQ(OwnScore(), before);
}

TEST(OomScore, ThatItMayNotBeIsSaidWithTheCure) {
  if (HasCapability(kCapSysResource)) GTEST_SKIP() << "this process may";
  const Status protected_now = ProtectFromOomKiller(OwnScore() - 1);
  ASSERT_FALSE(protected_now.ok());
  EXPECT_EQ(protected_now.error().code, ErrorCode::kPermissionDenied);
  EXPECT_THAT(protected_now.error().message, ::testing::HasSubstr("OOMScoreAdjust="));
}

}  // namespace
}  // namespace ordinal

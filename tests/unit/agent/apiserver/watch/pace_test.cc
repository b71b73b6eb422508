// When watches wait, and for how long.
#include "agent/apiserver/watch/pace.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"

namespace ordinal::apiserver::watch {
namespace {

class PaceTest : public testing::Test {
 protected:
  void Send(Duration pieces) {
    for (Duration sent{}; sent < pieces; sent += Pace::kPerPiece) pace_.Sent();
  }
  /// Whether a piece waits now; `released_` counts those whose time has come.
  bool Waits() {
    return pace_.Waits([this] { ++released_; });
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  Pace pace_{clock_};
  int released_ = 0;
};

TEST_F(PaceTest, FewPiecesDoNotWait) {
  for (int second = 0; second < 3; ++second) {
    Send(Pace::kFree);
    EXPECT_FALSE(Waits());
    clock_.Advance(std::chrono::seconds(1));
  }
}

TEST_F(PaceTest, WhatWasSentIsPaidForFirst) {
  const Duration sent = 10 * Pace::kFree;
  Send(sent);
  EXPECT_TRUE(Waits());
  EXPECT_TRUE(Waits());
  clock_.Advance(sent - Duration(1));
  EXPECT_EQ(released_, 0);
  clock_.Advance(Duration(1));
  EXPECT_EQ(released_, 2);
  EXPECT_FALSE(Waits());
}

TEST_F(PaceTest, WhatOthersSendMeanwhileCountsToo) {
  Send(5 * Pace::kFree);
  EXPECT_TRUE(Waits());
  Send(5 * Pace::kFree);
  clock_.Advance(5 * Pace::kFree);
  EXPECT_EQ(released_, 0);
  clock_.Advance(5 * Pace::kFree);
  EXPECT_EQ(released_, 1);
}

TEST_F(PaceTest, NobodyWaitsLongerThanTheLongest) {
  Send(100 * Pace::kLongest);
  EXPECT_TRUE(Waits());
  for (Duration passed{}; passed < Pace::kLongest; passed += Pace::kLongest / 10) {
    EXPECT_EQ(released_, 0);
    clock_.Advance(Pace::kLongest / 10);
    Send(Pace::kLongest);
  }
  EXPECT_EQ(released_, 1);
}

}  // namespace
}  // namespace ordinal::apiserver::watch

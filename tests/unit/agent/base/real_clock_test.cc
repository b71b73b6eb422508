#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "agent/base/clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal {
namespace {

class RealClockTest : public ::testing::Test {
 protected:
  asio::io_context io_;
  RealClock clock_{io_.get_executor()};
};

TEST_F(RealClockTest, CallsOnceAndNeverFromInside) {
  int called = 0;
  const TimerHandle timer = clock_.After(Duration::zero(), [&] { ++called; });
  EXPECT_EQ(called, 0);
  RunUntil(io_, [&] { return called > 0; });
  RunReady(io_);
  EXPECT_EQ(called, 1);
}

TEST_F(RealClockTest, WhoseHandleIsGoneIsNotCalledAlthoughItsTimeIsOver) {
  bool first = false, second = false;
  TimerHandle other;
  const TimerHandle timer = clock_.After(Duration::zero(), [&] {
    first = true;
    other.Cancel();
  });
  other = clock_.After(Duration::zero(), [&] { second = true; });
  RunUntil(io_, [&] { return first; });  // both are due by then
  RunReady(io_);
  EXPECT_FALSE(second);
}

TEST_F(RealClockTest, ACallMaySetItsOwnTimerAgain) {
  std::string said;
  TimerHandle timer;
  const auto text = std::make_shared<std::string>("once more");
  timer = clock_.After(Duration::zero(), [&, text] {
    timer = clock_.After(Duration::zero(), [&said] { said += ", again"; });
    said += *text;  // what it holds is still there
  });
  RunUntil(io_, [&] { return said.ends_with("again"); });
  EXPECT_EQ(said, "once more, again");
}

TEST_F(RealClockTest, WhatThrewIsCalledAgainAsLongAsItsHandleIsThere) {
  int called = 0, gone = 0;
  const TimerHandle timer = clock_.After(Duration::zero(), [&] {
    if (++called < 2) throw std::runtime_error("nobody expected it");
  });
  TimerHandle other;
  other = clock_.After(Duration::zero(), [&] {
    ++gone;
    other.Cancel();
    throw std::runtime_error("nobody expected it");
  });
  EXPECT_TRUE(RunUntil(io_, [&] { return called == 2; }));
  EXPECT_EQ(gone, 1);
}

}  // namespace
}  // namespace ordinal

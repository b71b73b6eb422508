#include "agent/base/scope.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/signal.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal {
namespace {

class ScopeTest : public ::testing::Test {
 protected:
  /// Waits for an hour of the clock, or until it is asked to give up.
  Task<void> WaitLong(std::string name) {
    co_await Sleep(clock_, std::chrono::hours(1));
    const bool given_up = co_await GivenUp();
    ended_.push_back(name + (given_up ? " gave up" : " waited"));
  }
  void Poll() {
    io_.restart();
    io_.poll();
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  Scope scope_{io_.get_executor()};
  std::vector<std::string> ended_;
};

TEST_F(ScopeTest, TasksRunToTheirEnd) {
  scope_.Spawn("a", WaitLong("a"));
  Poll();
  EXPECT_EQ(scope_.running(), 1U);
  clock_.Advance(std::chrono::hours(1));
  Poll();
  EXPECT_EQ(scope_.running(), 0U);
  EXPECT_EQ(ended_, std::vector<std::string>{"a waited"});
}

TEST_F(ScopeTest, CancelEndsEveryWait) {
  scope_.Spawn("a", WaitLong("a"));
  scope_.Spawn("b", WaitLong("b"));
  Poll();
  scope_.Cancel();
  Poll();
  EXPECT_EQ(ended_, (std::vector<std::string>{"a gave up", "b gave up"}));
  EXPECT_EQ(scope_.running(), 0U);
}

TEST_F(ScopeTest, AskedTwiceOfWhatEndsAtTheFirstTime) {
  scope_.Spawn("a", WaitLong("a"));
  Poll();
  scope_.Cancel();
  scope_.Cancel();
  Poll();
  EXPECT_EQ(ended_, std::vector<std::string>{"a gave up"});
}

TEST_F(ScopeTest, JoinWaitsForTheLastOne) {
  scope_.Spawn("a", WaitLong("a"));
  bool joined = false;
  auto join = [](Scope& scope, bool& done) -> Task<void> {
    co_await scope.Join();
    done = true;
  };
  Spawn(io_.get_executor(), "join", join(scope_, joined));
  Poll();
  EXPECT_FALSE(joined);
  scope_.Cancel();
  Poll();
  EXPECT_TRUE(joined);
}

TEST_F(ScopeTest, WhatIsDoneOnThePoolIsDoneToItsEnd) {
  BlockingPool pool(1);
  std::string outcome;
  auto work = [](BlockingPool& on, std::string& out) -> Task<void> {
    const auto answer = []() -> Result<std::string> { return std::string("done"); };
    const Result<std::string> done = co_await on.Run(answer);
    out = done.ok() ? *done : done.error().message;
  };
  scope_.Spawn("work", work(pool, outcome));
  Poll();
  scope_.Cancel();
  io_.restart();
  io_.run();
  EXPECT_EQ(outcome, "done");
}

TEST_F(ScopeTest, AScopeThatGoesLeavesTasksThatGiveUp) {
  {
    Scope gone(io_.get_executor());
    gone.Spawn("a", WaitLong("a"));
    Poll();
  }
  Poll();
  EXPECT_EQ(ended_, std::vector<std::string>{"a gave up"});
}

}  // namespace
}  // namespace ordinal

// What an exception ends: one round of a loop, one handler, one look of a timer, and nothing else.
#include "agent/base/loops.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

class LoopsTest : public testing::Test {
 protected:
  /// Throws as often as is wanted, before or after its first step; then it goes on for ever.
  Task<void> Round() {
    begun_.push_back(clock_.Now() - start_);
    if (failures_-- <= 0) {
      co_await Sleep(clock_, std::chrono::hours(24));
      co_return;
    }
    if (works_ > Duration::zero()) co_await Sleep(clock_, works_);
    throw std::runtime_error("nobody expected it");
  }
  void Start() {
    SpawnLoop(io_.get_executor(), clock_, "loop", [this] { return Round(); });
    RunReady(io_);
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  const WallTime start_ = clock_.Now();
  int failures_ = 0;
  Duration works_{0};
  std::vector<Duration> begun_;
};

TEST_F(LoopsTest, ALoopBeginsAgainAfterAPauseThatGrows) {
  failures_ = 4;
  Start();
  clock_.Advance(minutes(1));
  EXPECT_THAT(begun_, ElementsAre(seconds(0), seconds(1), seconds(3), seconds(7), seconds(15)));
}

TEST_F(LoopsTest, ThePauseHasABoundAndBeginsAnewForWhatWentOnForLong) {
  failures_ = 100;
  Start();
  clock_.Advance(minutes(30));
  EXPECT_GT(begun_.size(), 30u);
  begun_.clear();
  works_ = minutes(2);
  clock_.Advance(minutes(10));
  ASSERT_GE(begun_.size(), 3u);
  EXPECT_EQ(begun_.back() - begun_[begun_.size() - 2], minutes(2) + seconds(1));
}

TEST_F(LoopsTest, WhatThrowsWhenItIsMadeIsTheSame) {
  int made = 0;
  SpawnLoop(io_.get_executor(), clock_, "loop", [&]() -> Task<void> {
    if (++made < 3) throw std::bad_alloc();
    return Round();
  });
  RunReady(io_);
  clock_.Advance(seconds(3));
  EXPECT_EQ(made, 3);
  EXPECT_THAT(begun_, ElementsAre(seconds(3)));
}

TEST_F(LoopsTest, ALoopThatEndsHasEnded) {
  int made = 0;
  SpawnLoop(io_.get_executor(), clock_, "loop", [&]() -> Task<void> {
    ++made;
    return Sleep(clock_, seconds(1));
  });
  RunReady(io_);
  clock_.Advance(minutes(5));
  EXPECT_EQ(made, 1);
}

TEST_F(LoopsTest, WhatIsDoneOnceEndsAlone) {
  failures_ = 1;
  SpawnOnce(io_.get_executor(), "once", Round());
  RunReady(io_);
  clock_.Advance(minutes(5));
  EXPECT_EQ(begun_.size(), 1u);
}

TEST(RunWholeTest, AHandlerThatThrowsIsTheEndOfNoOther) {
  asio::io_context io;
  int done = 0;
  asio::post(io, [] { throw std::runtime_error("nobody expected it"); });
  asio::post(io, [&] { ++done; });
  asio::post(io, [] { throw 1; });
  asio::post(io, [&] { ++done; });
  RunWhole(io);
  EXPECT_EQ(done, 2);
}

TEST(RunWholeTest, EndsWhenItIsStopped) {
  asio::io_context io;
  const auto work = asio::make_work_guard(io);
  asio::post(io, [] { throw std::runtime_error("nobody expected it"); });
  asio::post(io, [&io] { io.stop(); });
  RunWhole(io);
  EXPECT_TRUE(io.stopped());
}

TEST_F(LoopsTest, WhatATimerDoesIsDoneAgainWhenItThrew) {
  int called = 0;
  TimerHandle timer = clock_.After(seconds(5), [&] {
    if (++called < 3) throw std::runtime_error("nobody expected it");
  });
  clock_.Advance(seconds(5));
  EXPECT_EQ(called, 1);
  clock_.Advance(seconds(10));
  EXPECT_EQ(called, 3) << "and no more";
  timer = clock_.After(seconds(1), [&] {
    ++called;
    timer.Cancel();
    throw std::runtime_error("nobody expected it");
  });
  clock_.Advance(seconds(10));
  EXPECT_EQ(called, 4) << "its handle is gone";
}

}  // namespace
}  // namespace ordinal

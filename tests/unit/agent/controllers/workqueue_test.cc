#include "agent/controllers/workqueue.h"

#include <gmock/gmock.h>

#include <new>
#include <stdexcept>

#include "agent/base/together.h"
#include "agent/objects/ending_namespace.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::controllers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class WorkQueueTest : public testing::Test {
 protected:
  /// Starts a queue whose handler notes the key, waits while `hold_` is set, and answers `answer_`.
  void Start(size_t workers = 8) {
    queue_.emplace(io_.get_executor(), clock_, "test", workers);
    WorkQueue::Handler handler = [this](std::string key) { return Handle(std::move(key)); };
    Spawn(io_.get_executor(), "queue", queue_->Run(std::move(handler)));
    RunReady(io_);
  }

  Task<Status> Handle(std::string key) {
    handled_.push_back(key);
    ++running_;
    most_running_ = std::max(most_running_, running_);
    if (hold_) {
      hold_ = false;
      co_await release_.Wait();
    }
    --running_;
    co_return answer_;
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  Signal release_{io_.get_executor()};
  std::optional<WorkQueue> queue_;
  std::vector<std::string> handled_;
  bool hold_ = false;
  int running_ = 0, most_running_ = 0;
  Status answer_;
};

TEST_F(WorkQueueTest, AKeyAddedManyTimesIsHandledOnce) {
  Start();
  queue_->Add("a");
  queue_->Add("b");
  queue_->Add("a");
  RunReady(io_);
  EXPECT_THAT(handled_, ElementsAre("a", "b"));
  EXPECT_TRUE(queue_->Idle());
}

TEST_F(WorkQueueTest, WhatAnEndingNamespaceRefusesIsNotTriedAgain) {
  Start();
  answer_ = objects::EndingNamespaceError(*api::FindKind("Pod"), "p", "db");
  queue_->Add("db/a");
  RunReady(io_);
  clock_.Advance(std::chrono::minutes(5));
  RunReady(io_);
  EXPECT_THAT(handled_, ElementsAre("db/a"));
}

TEST_F(WorkQueueTest, AKeyAddedWhileItIsHandledIsHandledAgainAfterwardsNotBeside) {
  Start();
  hold_ = true;
  queue_->Add("a");
  RunReady(io_);
  queue_->Add("a");
  queue_->Add("a");
  RunReady(io_);
  EXPECT_THAT(handled_, ElementsAre("a"));
  release_.Notify();
  RunReady(io_);
  EXPECT_THAT(handled_, ElementsAre("a", "a"));
  EXPECT_EQ(most_running_, 1);
}

TEST_F(WorkQueueTest, DifferentKeysAreHandledSideBySideUpToTheNumberOfWorkers) {
  Start(2);
  hold_ = true;
  queue_->Add("a");
  queue_->Add("b");
  RunReady(io_);
  EXPECT_THAT(handled_, ElementsAre("a", "b"));
  EXPECT_EQ(most_running_, 2);
}

TEST_F(WorkQueueTest, OneWorkerHandlesOneKeyAtATime) {
  Start(1);
  hold_ = true;
  queue_->Add("a");
  queue_->Add("b");
  RunReady(io_);
  EXPECT_THAT(handled_, ElementsAre("a"));
  release_.Notify();
  RunReady(io_);
  EXPECT_THAT(handled_, ElementsAre("a", "b"));
}

TEST_F(WorkQueueTest, TheEarliestDelayCounts) {
  Start();
  queue_->AddAfter("a", std::chrono::seconds(5));
  queue_->AddAfter("a", std::chrono::seconds(2));
  queue_->AddAfter("a", std::chrono::seconds(9));
  clock_.Advance(std::chrono::milliseconds(1999));
  EXPECT_THAT(handled_, IsEmpty());
  clock_.Advance(std::chrono::milliseconds(1));
  EXPECT_THAT(handled_, ElementsAre("a"));
  clock_.Advance(std::chrono::seconds(60));
  EXPECT_THAT(handled_, ElementsAre("a"));
}

TEST_F(WorkQueueTest, FailuresComeBackTwiceAsLateEachTimeUpToAMinute) {
  Start();
  answer_ = MakeError(ErrorCode::kUnavailable, "no");
  queue_->Add("a");
  RunReady(io_);
  Duration expected = std::chrono::milliseconds(5);
  for (size_t failures = 1; failures <= 18; ++failures) {
    ASSERT_EQ(handled_.size(), failures);
    clock_.Advance(expected - std::chrono::nanoseconds(1));
    ASSERT_EQ(handled_.size(), failures) << "too early";
    clock_.Advance(std::chrono::nanoseconds(1));
    expected = std::min<Duration>(expected * 2, std::chrono::seconds(60));
  }
  EXPECT_EQ(expected, Duration(std::chrono::seconds(60)));
  // A success forgets the failures: the next one comes back after 5 ms again.
  answer_ = Status();
  clock_.Advance(expected);
  answer_ = MakeError(ErrorCode::kUnavailable, "no");
  handled_.clear();
  queue_->Add("a");
  RunReady(io_);
  clock_.Advance(std::chrono::milliseconds(5));
  EXPECT_THAT(handled_, ElementsAre("a", "a"));
}

TEST_F(WorkQueueTest, AnExceptionIsTheKeysFailureAndItsObjectHearsOfIt) {
  queue_.emplace(io_.get_executor(), clock_, "test");
  std::vector<std::string> heard;
  queue_->OnException([&](const std::string& key, const Error& error) { heard.push_back(key + ": " + error.message); });
  bool broken = true;
  WorkQueue::Handler handler = [&](std::string key) -> Task<Status> {
    handled_.push_back(key);
    if (broken && key == "a") throw std::bad_alloc();
    co_return Status();
  };
  Spawn(io_.get_executor(), "queue", queue_->Run(std::move(handler)));
  queue_->Add("a");
  queue_->Add("b");
  // When one key's handler throws, then the others are handled, and it comes back with backoff
  RunReady(io_);
  EXPECT_THAT(handled_, ElementsAre("a", "b"));
  EXPECT_THAT(heard, ElementsAre("a: ended with an exception: std::bad_alloc"));
  clock_.Advance(std::chrono::milliseconds(5));
  EXPECT_THAT(handled_, ElementsAre("a", "b", "a"));
  // When it is over, then it is forgotten
  broken = false;
  clock_.Advance(std::chrono::milliseconds(10));
  EXPECT_THAT(handled_, ElementsAre("a", "b", "a", "a"));
  EXPECT_EQ(heard.size(), 2u);
  EXPECT_TRUE(queue_->Idle());
}

TEST_F(WorkQueueTest, WhoThrowsWhenHeIsToldOfAnExceptionLosesNoKey) {
  queue_.emplace(io_.get_executor(), clock_, "test");
  queue_->OnException([](const std::string&, const Error&) { throw std::runtime_error("nor this"); });
  int failures = 2;
  WorkQueue::Handler handler = [&](std::string key) -> Task<Status> {
    handled_.push_back(key);
    if (key == "a" && failures-- > 0) throw std::bad_alloc();
    co_return Status();
  };
  Spawn(io_.get_executor(), "queue", queue_->Run(std::move(handler)));
  queue_->Add("a");
  queue_->Add("b");
  RunReady(io_);
  clock_.Advance(std::chrono::milliseconds(15));
  EXPECT_THAT(handled_, ElementsAre("a", "b", "a", "a"));
  EXPECT_TRUE(queue_->Idle());
}

TEST_F(WorkQueueTest, AHandlerThatThrowsBeforeItsFirstStepIsTheSame) {
  queue_.emplace(io_.get_executor(), clock_, "test");
  WorkQueue::Handler handler = [&](const std::string& key) -> Task<Status> {
    handled_.push_back(key);
    if (handled_.size() == 1) throw std::runtime_error("no frame");
    return Handle(key);
  };
  Spawn(io_.get_executor(), "queue", queue_->Run(std::move(handler)));
  queue_->Add("a");
  RunReady(io_);
  clock_.Advance(std::chrono::milliseconds(5));
  EXPECT_THAT(handled_, ElementsAre("a", "a", "a"));
}

TEST(Together, AnExceptionIsAnErrorAndTheOthersEnd) {
  asio::io_context io;
  int ended = 0;
  const auto task = [&](bool broken) -> Task<Status> {
    co_await asio::post(asio::use_awaitable);
    if (broken) throw std::runtime_error("broken");
    ++ended;
    co_return Status();
  };
  std::vector<Task<Status>> tasks;
  for (const bool broken : {false, true, false}) tasks.push_back(task(broken));
  const Status result = RunTask(io, Together(io.get_executor(), "test", std::move(tasks)));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "ended with an exception: broken");
  EXPECT_EQ(ended, 2);
}

TEST(Together, WaitsForAllAndReturnsTheFirstErrorInOrder) {
  asio::io_context io;
  fakes::FakeClock clock(io);
  int ended = 0;
  const auto task = [&](Duration delay, Status status) -> Task<Status> {
    co_await Sleep(clock, delay);
    ++ended;
    co_return status;
  };
  std::vector<Task<Status>> tasks;
  tasks.push_back(task(std::chrono::seconds(3), MakeError(ErrorCode::kConflict, "first")));
  tasks.push_back(task(std::chrono::seconds(1), MakeError(ErrorCode::kInternal, "second")));
  tasks.push_back(task(std::chrono::seconds(2), Status()));
  std::optional<Status> result;
  const auto run = [&](std::vector<Task<Status>> all) -> Task<void> {
    result = co_await Together(io.get_executor(), "test", std::move(all));
  };
  Spawn(io.get_executor(), "test", run(std::move(tasks)));
  clock.Advance(std::chrono::seconds(2));
  EXPECT_FALSE(result.has_value());
  clock.Advance(std::chrono::seconds(1));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->error().message, "first");
  EXPECT_EQ(ended, 3);
}

}  // namespace
}  // namespace ordinal::controllers

#include "agent/apiserver/streams/logs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "agent/apiserver/streams/log_file.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"
#include "tests/unit/agent/apiserver/streams/requests.h"

namespace ordinal::apiserver::streams {
namespace {

class LogsTest : public ::testing::Test {
 protected:
  void Store(const Json& pod) {
    const auto stored = RunTask(io_, store_.Get({"Pod", "default", "kubia-0"}));
    const api::Object object(pod);
    const auto written = RunTask(io_, stored.ok() ? store_.Update(object) : store_.Create(object));
    ASSERT_TRUE(written.ok()) << written.error().message;
  }

  void Log(const std::string& text, const std::string& container = "main", int restart = 0) {
    const std::string file = fmt::format("default_kubia-0_{}/{}/{}.log", kUid, container, restart);
    std::filesystem::create_directories(std::filesystem::path(directory_ / file).parent_path());
    std::ofstream(directory_ / file, std::ios::app) << "2026-01-01T00:00:00Z stdout F " << text << "\n";
  }

  http::Response Get(Values query = {}, const std::string& pod = "kubia-0") {
    return RunTask(io_, logs_.Get(PodRequest("log", std::move(query), {}, pod)));
  }

  static std::shared_ptr<http::Stream> StreamOf(const http::Response& response) {
    const auto* stream = std::get_if<std::shared_ptr<http::Stream>>(&response.body);
    if (stream == nullptr) throw std::runtime_error("no stream: " + TextOf(response));
    return *stream;
  }

  std::string Next(http::Stream& stream) {
    auto piece = RunTask(io_, stream.Next());
    EXPECT_TRUE(piece.ok()) << piece.error().message;
    return piece.ok() ? *piece : "";
  }

  std::string Whole(Values query = {}) {
    const http::Response response = Get(std::move(query));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "text/plain");
    const auto stream = StreamOf(response);
    std::string all;
    for (std::string piece = Next(*stream); !piece.empty(); piece = Next(*stream)) all += piece;
    return all;
  }

  std::string FileOfLog() const { return directory_ / fmt::format("default_kubia-0_{}/main/0.log", kUid); }

  /// As its pod tells it.
  void EndRun() {
    Json status = Running("main", "c1");
    status["state"] = Ended("c1", 0);
    Store(PodDocument({status}));
  }

  static Task<void> Ask(std::shared_ptr<http::Stream> of, std::optional<Result<std::string>>& out) {
    out = co_await of->Next();
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  BlockingPool pool_{1};
  fakes::ScratchDirectory directory_;
  store::MemoryStore store_;
  Logs logs_{store_, pool_, clock_, Layout({.pod_logs = directory_.path()})};
};

TEST_F(LogsTest, AreThoseOfTheNewestRun) {
  Store(PodDocument({Running("main", "c1", 1)}));
  Log("old", "main", 0);
  Log("new", "main", 1);
  EXPECT_EQ(Whole(), "new\n");
  EXPECT_EQ(Whole({{"container", "main"}, {"timestamps", "true"}}), "2026-01-01T00:00:00.000000000Z new\n");
}

TEST_F(LogsTest, PreviousIsTheRunBefore) {
  Json status = Running("main", "c1", 1);
  status["lastState"] = Ended("c0");
  Store(PodDocument({status}));
  Log("old", "main", 0);
  Log("new", "main", 1);
  EXPECT_EQ(Whole({{"previous", "true"}}), "old\n");
}

TEST_F(LogsTest, WhileItWaitsToBeStartedAgainTheRunThatEndedIsTheNewest) {
  Json status = Running("main", "c1", 1);
  status["state"] = {{"waiting", {{"reason", "CrashLoopBackOff"}}}};
  status["lastState"] = Ended("c1");
  Store(PodDocument({status}));
  Log("last words", "main", 1);
  EXPECT_EQ(Whole(), "last words\n");
  EXPECT_EQ(Whole({{"previous", "true"}}), "last words\n");
  EXPECT_EQ(Whole({{"follow", "true"}}), "last words\n") << "nothing is followed";
}

TEST_F(LogsTest, RefusalsAreWordedAsClientsKnowThem) {
  Json waiting = Running("a", "", 0);
  waiting["state"] = {{"waiting", {{"reason", "ContainerCreating"}}}};
  Json pulling = waiting;
  pulling["name"] = "b";
  pulling["state"]["waiting"]["reason"] = "ImagePullBackOff";
  Store(PodDocument({waiting, pulling}));
  const struct {
    Values query;
    const char* answer;
  } kCases[] = {
      {{}, "400 BadRequest: a container name must be specified for pod kubia-0, choose one of: [a b]"},
      {{{"container", "x"}}, "400 BadRequest: container x is not valid for pod kubia-0"},
      {{{"container", "a"}},
       "400 BadRequest: container \"a\" in pod \"kubia-0\" is waiting to start: ContainerCreating"},
      {{{"container", "b"}},
       "400 BadRequest: container \"b\" in pod \"kubia-0\" is waiting to start: trying and failing to pull image"},
      {{{"container", "a"}, {"previous", "true"}},
       "400 BadRequest: previous terminated container \"a\" in pod \"kubia-0\" not found"},
  };
  for (const auto& [query, answer] : kCases) EXPECT_EQ(StatusLine(Get(query)), answer);
  EXPECT_EQ(StatusLine(Get({}, "nosuch")), "404 NotFound: pods \"nosuch\" not found");
  EXPECT_EQ(Get({{"container", "a"}, {"tailLines", "-1"}}).status, 422);
}

TEST_F(LogsTest, TheDefaultContainerOfThePodIsMeantWhenNoneIsNamed) {
  Json pod = PodDocument({Running("a", "c1"), Running("b", "c2")});
  pod["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"] = "b";
  Store(pod);
  Log("of b", "b");
  EXPECT_EQ(Whole(), "of b\n");
}

TEST_F(LogsTest, APodWithoutANodeHasSaidNothing) {
  Json pod = PodDocument({Running("main", "c1")});
  pod["spec"].erase("nodeName");
  Store(pod);
  const http::Response response = Get();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(TextOf(response), "");
}

TEST_F(LogsTest, ALogThatIsGoneIsAnErrorOfTheServer) {
  Store(PodDocument({Running("main", "c1")}));
  const std::string line = StatusLine(Get());
  EXPECT_THAT(line, testing::StartsWith("500 InternalError: unable to retrieve container logs: the log "));
  EXPECT_THAT(line, testing::HasSubstr("/0.log is gone: its container was removed"));
}

TEST_F(LogsTest, PiecesAreNeverLargerThan64KiB) {
  Store(PodDocument({Running("main", "c1")}));
  Log(std::string(200'000, 'x'));
  const auto stream = StreamOf(Get());
  size_t total = 0;
  for (std::string piece = Next(*stream); !piece.empty(); piece = Next(*stream)) {
    EXPECT_LE(piece.size(), 64U << 10);
    total += piece.size();
  }
  EXPECT_EQ(total, 200'001U);
}

// ---- follow

TEST_F(LogsTest, FollowedItGoesOnUntilTheContainerHasEnded) {
  Store(PodDocument({Running("main", "c1")}));
  Log("one");
  const auto stream = StreamOf(Get({{"follow", "true"}}));
  EXPECT_EQ(Next(*stream), "one\n");
  std::optional<Result<std::string>> second;
  const auto ask = [](std::shared_ptr<http::Stream> of, std::optional<Result<std::string>>& out) -> Task<void> {
    out = co_await of->Next();
  };
  Spawn(io_.get_executor(), "next", ask(stream, second));
  RunReady(io_);
  EXPECT_FALSE(second) << "nothing was written";
  Log("two");
  ASSERT_TRUE(RunUntil(io_, [&] { return second.has_value(); }));
  EXPECT_EQ(**second, "two\n");

  Json status = Running("main", "c1");
  status["state"] = Ended("c1", 0);
  std::optional<Result<std::string>> last;
  Spawn(io_.get_executor(), "next", ask(stream, last));
  Log("three");
  Store(PodDocument({status}));
  ASSERT_TRUE(RunUntil(io_, [&] { return last.has_value(); }));
  EXPECT_EQ(**last, "three\n");
  std::optional<Result<std::string>> end;
  Spawn(io_.get_executor(), "next", ask(stream, end));
  ASSERT_TRUE(RunUntil(io_, [&] {
    clock_.AdvanceToNext();  // its last words had their time
    return end.has_value();
  }));
  EXPECT_EQ(**end, "");
}

TEST_F(LogsTest, FollowedItGoesOnInTheFileOfARotationAMomentLater) {
  Store(PodDocument({Running("main", "c1")}));
  Log("one");
  const auto stream = StreamOf(Get({{"follow", "true"}}));
  EXPECT_EQ(Next(*stream), "one\n");
  const std::string file = directory_ / fmt::format("default_kubia-0_{}/main/0.log", kUid);
  std::ofstream runtime(file, std::ios::app);
  std::filesystem::rename(file, file + ".20260101-000000");
  Log("three");
  std::optional<Result<std::string>> next;
  const auto ask = [](std::shared_ptr<http::Stream> of, std::optional<Result<std::string>>& out) -> Task<void> {
    out = co_await of->Next();
  };
  Spawn(io_.get_executor(), "next", ask(stream, next));
  ASSERT_TRUE(RunUntil(io_, [&] { return clock_.Pending() > 0 || next; }));
  EXPECT_FALSE(next) << "the runtime has its moment";
  runtime << "2026-01-01T00:00:00Z stdout F two\n";
  runtime.close();
  clock_.Advance(std::chrono::milliseconds(100));
  ASSERT_TRUE(RunUntil(io_, [&] { return next.has_value(); }));
  EXPECT_EQ(**next, "two\n");
  EXPECT_EQ(Next(*stream), "three\n");
}

TEST_F(LogsTest, OfARunThatHasEndedTheLastWordsAreWaitedForUntilTheRuntimeHasWrittenThem) {
  Json status = Running("main", "c1");
  status["state"] = Ended("c1", 0);
  Store(PodDocument({status}));
  Log("one");
  std::ofstream runtime(directory_ / fmt::format("default_kubia-0_{}/main/0.log", kUid), std::ios::app);
  const auto stream = StreamOf(Get());
  EXPECT_EQ(Next(*stream), "one\n");
  std::optional<Result<std::string>> next;
  const auto ask = [](std::shared_ptr<http::Stream> of, std::optional<Result<std::string>>& out) -> Task<void> {
    out = co_await of->Next();
  };
  Spawn(io_.get_executor(), "next", ask(stream, next));
  ASSERT_TRUE(RunUntil(io_, [&] { return clock_.Pending() > 0 || next; }));
  EXPECT_FALSE(next) << "the runtime has not closed it";
  runtime << "2026-01-01T00:00:00Z stdout F two\n";
  runtime.close();
  clock_.Advance(std::chrono::milliseconds(100));
  ASSERT_TRUE(RunUntil(io_, [&] { return next.has_value(); }));
  EXPECT_EQ(**next, "two\n");
  EXPECT_EQ(Next(*stream), "");
}

TEST_F(LogsTest, FollowedARunThatHasEndedSaysItsLastWordsWhenTheRuntimeHasWrittenThem) {
  Store(PodDocument({Running("main", "c1")}));
  Log("one");
  std::ofstream runtime(FileOfLog(), std::ios::app);
  const auto stream = StreamOf(Get({{"follow", "true"}}));
  EXPECT_EQ(Next(*stream), "one\n");
  std::optional<Result<std::string>> next, end;
  Spawn(io_.get_executor(), "next", Ask(stream, next));
  EndRun();
  for (int moment = 0; moment < 5; ++moment) {
    ASSERT_TRUE(RunUntil(io_, [&] { return clock_.Pending() > 0 || next; }));
    ASSERT_FALSE(next) << "the runtime has not closed it";
    clock_.Advance(std::chrono::milliseconds(100));
  }
  runtime << "2026-01-01T00:00:00Z stdout F two\n";
  runtime.close();
  ASSERT_TRUE(RunUntil(io_, [&] {
    clock_.AdvanceToNext();
    return next.has_value();
  }));
  EXPECT_EQ(**next, "two\n");
  Spawn(io_.get_executor(), "next", Ask(stream, end));
  ASSERT_TRUE(RunUntil(io_, [&] {
    clock_.AdvanceToNext();
    return end.has_value();
  }));
  EXPECT_EQ(**end, "");
}

TEST_F(LogsTest, FollowedARunThatHasEndedIsNotHeldUpByWhoeverKeepsItsFileOpen) {
  Store(PodDocument({Running("main", "c1")}));
  Log("one");
  const std::ofstream somebody(FileOfLog(), std::ios::app);
  const auto stream = StreamOf(Get({{"follow", "true"}}));
  EXPECT_EQ(Next(*stream), "one\n");
  std::optional<Result<std::string>> end;
  Spawn(io_.get_executor(), "next", Ask(stream, end));
  EndRun();
  int moments = 0;
  while (!end && moments <= kMostMoments) {
    ASSERT_TRUE(RunUntil(io_, [&] { return clock_.Pending() > 0 || end; }));
    moments += clock_.AdvanceToNext() ? 1 : 0;
  }
  ASSERT_TRUE(end);
  EXPECT_EQ(**end, "");
  EXPECT_EQ(moments, kMostMoments);
}

TEST_F(LogsTest, FollowedItEndsWithItsPod) {
  Store(PodDocument({Running("main", "c1")}));
  Log("one");
  const auto stream = StreamOf(Get({{"follow", "true"}}));
  EXPECT_EQ(Next(*stream), "one\n");
  ASSERT_TRUE(RunTask(io_, store_.Delete({"Pod", "default", "kubia-0"}, {})).ok());
  bool ended = false;
  const auto ask = [](std::shared_ptr<http::Stream> of, bool& out) -> Task<void> {
    out = *(co_await of->Next()) == "";
  };
  Spawn(io_.get_executor(), "next", ask(stream, ended));
  EXPECT_TRUE(RunUntil(io_, [&] {
    clock_.AdvanceToNext();
    return ended;
  }));
}

TEST_F(LogsTest, AClientThatGoesAwayEndsTheWait) {
  Store(PodDocument({Running("main", "c1")}));
  Log("one");
  auto stream = StreamOf(Get({{"follow", "true"}}));
  EXPECT_EQ(Next(*stream), "one\n");
  std::optional<ErrorCode> ended;
  const auto ask = [](std::shared_ptr<http::Stream> of, std::optional<ErrorCode>& out) -> Task<void> {
    const auto next = co_await of->Next();
    if (!next.ok()) out = next.error().code;
  };
  Spawn(io_.get_executor(), "next", ask(stream, ended));
  RunReady(io_);
  stream->Close();
  ASSERT_TRUE(RunUntil(io_, [&] { return ended.has_value(); }));
  EXPECT_EQ(ended, ErrorCode::kCancelled);
  stream.reset();
  RunReady(io_);  // its watch of the pod ends without harm
}

TEST_F(LogsTest, LimitBytesEndsAFollowedLog) {
  Store(PodDocument({Running("main", "c1")}));
  Log("one");
  EXPECT_EQ(Whole({{"follow", "true"}, {"limitBytes", "2"}}), "on");
}

}  // namespace
}  // namespace ordinal::apiserver::streams

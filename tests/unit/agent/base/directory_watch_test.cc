#include "agent/base/directory_watch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "agent/base/fd.h"
#include "agent/base/scope.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal {
namespace {

constexpr uint32_t kEverything = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE;

class DirectoryWatchTest : public ::testing::Test {
 protected:
  DirectoryWatchTest() {
    std::filesystem::create_directory(directory_);
    EXPECT_TRUE(watch_->Open(directory_, kEverything).ok());
  }
  DirectoryEvents Next() {
    Result<DirectoryEvents> events = RunTask(io_, watch_->Next());
    EXPECT_TRUE(events.ok()) << events.error().message;
    return events.ok() ? *events : DirectoryEvents();
  }
  /// "name what" of what is asked for, in order.
  std::vector<std::string> Told() {
    std::vector<std::string> told;
    for (const DirectoryEvents::File& file : Next().files) {
      const char* what = (file.what & IN_CREATE) != 0                       ? " made"
                         : (file.what & IN_CLOSE_WRITE) != 0                ? " written"
                         : (file.what & (IN_MOVED_TO | IN_MOVED_FROM)) != 0 ? " moved"
                                                                            : " deleted";
      told.push_back(file.name + what);
    }
    return told;
  }
  /// Waits for the next events in `scope`, and then says what came of it.
  Task<void> WaitOnce(std::optional<Result<DirectoryEvents>>& out) {
    auto events = co_await watch_->Next();
    out.emplace(std::move(events));
  }
  std::string In(const std::string& name) const { return directory_ + "/" + name; }

  asio::io_context io_;
  fakes::ScratchDirectory scratch_;
  const std::string directory_ = scratch_ / "watched";
  std::optional<DirectoryWatch> watch_{std::in_place, io_.get_executor()};
};

TEST_F(DirectoryWatchTest, TellsEachFileAndWhatBecameOfIt) {
  const Fd unfinished(::open(In("a").c_str(), O_CREAT | O_WRONLY, 0600));
  EXPECT_EQ(Told(), std::vector<std::string>{"a made"});
  std::ofstream(In("b")) << "text";
  EXPECT_EQ(Told(), (std::vector<std::string>{"b made", "b written"}));
  std::filesystem::rename(In("b"), scratch_ / "b");
  std::filesystem::rename(scratch_ / "b", In("c"));
  EXPECT_EQ(Told(), (std::vector<std::string>{"b moved", "c moved"}));
  std::filesystem::remove(In("c"));
  EXPECT_EQ(Told(), std::vector<std::string>{"c deleted"});
}

TEST_F(DirectoryWatchTest, TellsOnlyWhatItWasAskedFor) {
  ASSERT_TRUE(watch_->Open(directory_, IN_MOVED_TO).ok());
  std::ofstream(scratch_ / "b") << "text";
  std::ofstream(In("a")) << "text";
  std::filesystem::rename(scratch_ / "b", In("b"));
  EXPECT_EQ(Told(), std::vector<std::string>{"b moved"});
}

TEST_F(DirectoryWatchTest, ALinkIsMadeAndItsFileIsNotFollowed) {
  std::ofstream(scratch_ / "file") << "text";
  std::filesystem::create_symlink(scratch_ / "file", In("link"));
  std::ofstream(scratch_ / "file") << "other text";
  std::ofstream(In("last")) << "";
  EXPECT_EQ(Told(), (std::vector<std::string>{"link made", "last made", "last written"}));
}

TEST_F(DirectoryWatchTest, FollowsALinkToTheDirectory) {
  std::filesystem::create_symlink(directory_, scratch_ / "link");
  ASSERT_TRUE(watch_->Open(scratch_ / "link", kEverything).ok());
  std::filesystem::create_directory(In("a"));
  EXPECT_EQ(Told(), std::vector<std::string>{"a made"});
}

TEST_F(DirectoryWatchTest, ADirectoryThatIsMovedAwayIsLost) {
  std::filesystem::rename(directory_, scratch_ / "elsewhere");
  const DirectoryEvents events = Next();
  EXPECT_TRUE(events.all);
  EXPECT_TRUE(events.lost);
}

TEST_F(DirectoryWatchTest, ADirectoryThatIsRemovedIsNotLost) {
  std::filesystem::remove(directory_);
  const DirectoryEvents events = Next();
  EXPECT_TRUE(events.all);
  EXPECT_FALSE(events.lost);
}

TEST_F(DirectoryWatchTest, IsOpenedAgainWhereANewOneCame) {
  std::filesystem::rename(directory_, scratch_ / "elsewhere");
  EXPECT_TRUE(Next().lost);
  EXPECT_EQ(watch_->Open(directory_, kEverything).error().code, ErrorCode::kNotFound);
  std::filesystem::create_directory(directory_);
  ASSERT_TRUE(watch_->Open(directory_, kEverything).ok());
  std::filesystem::create_directory(scratch_ / "elsewhere/old");
  std::filesystem::create_directory(In("new"));
  EXPECT_EQ(Told(), std::vector<std::string>{"new made"});
}

TEST_F(DirectoryWatchTest, SaysWhenEventsWereLost) {
  size_t most = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> most;
  if (most == 0 || most > 100'000) GTEST_SKIP() << "the host keeps " << most << " events";
  for (size_t i = 0; i <= most / 2; ++i) {
    std::filesystem::create_directory(In("a"));
    std::filesystem::remove(In("a"));
  }
  DirectoryEvents events = Next();
  while (!events.all) events = Next();
  EXPECT_FALSE(events.lost);
  std::filesystem::create_directory(In("b"));
  EXPECT_EQ(Told(), std::vector<std::string>{"b made"});
}

TEST_F(DirectoryWatchTest, NeedsADirectory) {
  std::ofstream(scratch_ / "file") << "text";
  const Status opened = watch_->Open(scratch_ / "file", kEverything);
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find("watch the directory " + (scratch_ / "file")), std::string::npos);
}

TEST_F(DirectoryWatchTest, AWaitEndsWithItsScope) {
  Scope scope(io_.get_executor());
  std::optional<Result<DirectoryEvents>> told;
  scope.Spawn("wait", WaitOnce(told));
  RunReady(io_);
  EXPECT_EQ(scope.running(), 1U);
  scope.Cancel();
  RunReady(io_);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->error().code, ErrorCode::kCancelled);
  EXPECT_EQ(scope.running(), 0U);
}

TEST_F(DirectoryWatchTest, WhatHappenedBeforeTheScopeGaveUpIsToldToNobody) {
  Scope scope(io_.get_executor());
  std::optional<Result<DirectoryEvents>> told;
  scope.Spawn("wait", WaitOnce(told));
  RunReady(io_);
  std::filesystem::create_directory(In("a"));
  scope.Cancel();
  RunReady(io_);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->error().code, ErrorCode::kCancelled);
}

TEST_F(DirectoryWatchTest, AWaitEndsWithItsWatch) {
  Scope scope(io_.get_executor());
  std::optional<Result<DirectoryEvents>> told;
  scope.Spawn("wait", WaitOnce(told));
  RunReady(io_);
  std::filesystem::create_directory(In("a"));
  watch_.reset();
  RunReady(io_);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace ordinal

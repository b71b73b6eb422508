// The token file counts as it is now; one that cannot be read leaves everything as it was.
#include "agent/app/kept_tokens.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "agent/base/private_file.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal {
namespace {

TEST(KeptTokensTest, FollowTheFile) {
  asio::io_context io;
  RealClock clock(io.get_executor());
  fakes::ScratchDirectory directory;
  const std::string path = directory / "tokens.csv";
  ASSERT_TRUE(WritePrivateFile(path, "one,alice,ops\n").ok());
  apiserver::auth::Authenticator authenticator({{"one", "alice", {"ops"}}}, clock);
  auto kept = std::make_unique<KeptTokens>(io.get_executor(), clock, directory.path(), authenticator);
  Spawn(io.get_executor(), "tokens", kept->Run());
  const auto knows = [&](const char* token) { return authenticator({.bearer = token}).ok(); };

  ASSERT_TRUE(WritePrivateFile(path, "two,bob,ops\n").ok());
  EXPECT_TRUE(RunUntil(io, [&] { return knows("two") && !knows("one"); }));
  ASSERT_TRUE(WritePrivateFile(path, "broken\n").ok());
  ASSERT_TRUE(WritePrivateFile(path + ".other", "x").ok());
  ASSERT_TRUE(WritePrivateFile(path, "two,bob,ops\nthree,carol,ops\n").ok());
  EXPECT_TRUE(RunUntil(io, [&] { return knows("three"); }));
  EXPECT_TRUE(knows("two"));
  kept.reset();
  RunUntil(io, [] { return true; });
}

TEST(KeptTokensTest, AtAStartTheFileCountsAsItIs) {
  struct Case {
    const char* text;  ///< null: there is no file
    bool old_one, new_one;
  };
  const Case cases[] = {
      {"new,bob,ops\n", false, true}, {"", false, false}, {"broken\n", true, false}, {nullptr, true, false}};
  asio::io_context io;
  RealClock clock(io.get_executor());
  for (const Case& one : cases) {
    fakes::ScratchDirectory directory;
    if (one.text != nullptr) {
      ASSERT_TRUE(WritePrivateFile(directory / "tokens.csv", one.text).ok());
    }
    apiserver::auth::Authenticator authenticator({{"old", "alice", {"ops"}}}, clock);
    KeptTokens(io.get_executor(), clock, directory.path(), authenticator).Read();
    EXPECT_EQ(authenticator({.bearer = "old"}).ok(), one.old_one);
    EXPECT_EQ(authenticator({.bearer = "new"}).ok(), one.new_one);
  }
}

TEST(KeptTokensTest, WhereALinkLeadsIsLookedAtOnceAMinute) {
  asio::io_context io;
  fakes::FakeClock clock(io);
  fakes::ScratchDirectory directory, elsewhere;
  ASSERT_TRUE(WritePrivateFile(elsewhere / "t", "one,alice,ops\n").ok());
  std::filesystem::create_symlink(elsewhere / "t", directory / "tokens.csv");
  apiserver::auth::Authenticator authenticator({}, clock);
  auto kept = std::make_unique<KeptTokens>(io.get_executor(), clock, directory.path(), authenticator);
  Spawn(io.get_executor(), "tokens", kept->Run());
  const auto knows = [&](const char* token) { return authenticator({.bearer = token}).ok(); };
  RunReady(io);
  ASSERT_TRUE(knows("one"));
  for (const char* token : {"two", "three"}) {
    ASSERT_TRUE(WritePrivateFile(elsewhere / "t", std::string(token) + ",bob,ops\n").ok());
    RunReady(io);
    EXPECT_FALSE(knows(token));
    clock.Advance(std::chrono::minutes(1));
    EXPECT_TRUE(knows(token));
  }
  kept.reset();
  RunReady(io);
}

}  // namespace
}  // namespace ordinal

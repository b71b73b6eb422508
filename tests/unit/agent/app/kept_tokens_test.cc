// The token file counts as it is now; one that cannot be read leaves everything as it was.
#include "agent/app/kept_tokens.h"

#include <gtest/gtest.h>

#include <memory>

#include "agent/base/private_file.h"
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
  const auto knows = [&](const char* token) { return authenticator({.bearer = token}).has_value(); };

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

}  // namespace
}  // namespace ordinal

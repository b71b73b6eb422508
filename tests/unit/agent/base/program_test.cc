#include "agent/base/program.h"

#include <gtest/gtest.h>

namespace ordinal {
namespace {

using std::chrono::milliseconds;

constexpr ProgramLimits kLimits{std::chrono::seconds(20), 1000};

TEST(RunProgram, TellsOutputAndExitCode) {
  const auto outcome = RunProgram({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"}, kLimits);
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(outcome->output, "out\n");
  EXPECT_EQ(outcome->complaint, "err\n");
  EXPECT_EQ(outcome->exit_code, 3);
  EXPECT_EQ(RunProgram({"/bin/sh", "-c", "kill -9 $$"}, kLimits)->exit_code, 128 + 9);
}

TEST(RunProgram, GivesInputOfAnySizeToAProgramOfThePath) {
  const std::string text(200'000, 'x');
  EXPECT_EQ(RunProgram({"cat"}, {std::chrono::seconds(20), text.size()}, text)->output, text);
  EXPECT_EQ(RunProgram({"cat"}, kLimits)->output, "");
}

TEST(RunProgram, KeepsNoMoreThanItWasAskedForAndStillSeesTheEnd) {
  const auto outcome = RunProgram({"/bin/sh", "-c", "yes | head -c 1000000"}, kLimits);
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(outcome->output.size(), 1000U);
  EXPECT_EQ(outcome->exit_code, 0);
}

TEST(RunProgram, EndsWhatTakesTooLong) {
  const auto outcome = RunProgram({"/bin/sh", "-c", "exec sleep 1000"}, {milliseconds(20), 1000});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kDeadlineExceeded);
}

TEST(RunProgram, SaysWhenThereIsNone) {
  const auto outcome = RunProgram({"/no/such/program"}, kLimits);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kNotFound) << outcome.error().message;
}

}  // namespace
}  // namespace ordinal

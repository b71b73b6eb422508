#include "agent/base/program.h"

#include <gtest/gtest.h>

namespace ordinal {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RunProgramTest : public ::testing::Test {
 protected:
  Result<ProgramOutcome> Run(const std::vector<std::string>& arguments, Duration within, size_t most) {
    return RunProgram(arguments, clock_, within, most);
  }

  asio::io_context io_;
  RealClock clock_{io_.get_executor()};
};

TEST_F(RunProgramTest, TellsOutputAndExitCode) {
  const auto outcome = Run({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"}, seconds(20), 1000);
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(outcome->output, "out\n");
  EXPECT_EQ(outcome->exit_code, 3);
  EXPECT_EQ(Run({"/bin/sh", "-c", "kill -9 $$"}, seconds(20), 1000)->exit_code, 128 + 9);
}

TEST_F(RunProgramTest, KeepsNoMoreThanItWasAskedForAndStillSeesTheEnd) {
  const auto outcome = Run({"/bin/sh", "-c", "yes | head -c 1000000"}, seconds(20), 1000);
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(outcome->output.size(), 1000U);
  EXPECT_EQ(outcome->exit_code, 0);
}

TEST_F(RunProgramTest, EndsWhatTakesTooLong) {
  const auto outcome = Run({"/bin/sh", "-c", "exec sleep 1000"}, milliseconds(20), 1000);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kDeadlineExceeded);
}

TEST_F(RunProgramTest, SaysWhenThereIsNone) {
  const auto outcome = Run({"/no/such/program"}, seconds(20), 1000);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kNotFound) << outcome.error().message;
}

}  // namespace
}  // namespace ordinal

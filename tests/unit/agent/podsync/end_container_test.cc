#include "agent/podsync/end_container.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"

namespace ordinal::podsync {
namespace {

TEST(EndContainer, OneThatIsGoneHasEndedAndOtherFailuresAreTold) {
  asio::io_context io;
  fakes::FakeClock clock{io};
  fakes::FakeRuntime runtime{clock, io.get_executor()};
  EXPECT_TRUE(RunTask(io, EndContainer(runtime, "nobody", std::chrono::seconds(3))).ok());
  runtime.FailNext(fakes::FakeRuntime::Call::kStopContainer, MakeError(ErrorCode::kUnavailable, "away"));
  EXPECT_EQ(RunTask(io, EndContainer(runtime, "nobody", std::chrono::seconds(3))).error().message, "away");
}

}  // namespace
}  // namespace ordinal::podsync

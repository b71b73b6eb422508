#include "agent/podsync/steps/stop_sandbox.h"

#include "tests/unit/agent/podsync/steps/step_test_base.h"

namespace ordinal::podsync {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StopSandboxStep : public StepTest {};

TEST_F(StopSandboxStep, IsRememberedOnceItIsDone) {
  StepContext& context = For(Spec({}, {"main"}));
  runtime_.FailNext(fakes::FakeRuntime::Call::kStopSandbox, MakeError(ErrorCode::kInternal, "busy"));
  const StopSandbox step{"s0"};
  EXPECT_EQ(RunTask(io_, Perform(context, step)).error().message, "busy");
  EXPECT_THAT(memory_.stopped_sandboxes, IsEmpty());
  EXPECT_TRUE(RunTask(io_, Perform(context, step)).ok());
  EXPECT_THAT(memory_.stopped_sandboxes, ElementsAre("s0"));
}

}  // namespace
}  // namespace ordinal::podsync

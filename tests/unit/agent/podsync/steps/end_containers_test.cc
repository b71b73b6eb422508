#include "agent/podsync/steps/end_containers.h"

#include "agent/podsync/plan.h"
#include "tests/unit/agent/podsync/steps/step_test_base.h"

namespace ordinal::podsync {
namespace {

using ::testing::ElementsAre;

class EndContainersStep : public StepTest {};

const EndContainers kTwo{{{"gone-1", "main", "its specification changed"}, {"gone-2", "side", kSandboxChanged}}};

TEST_F(EndContainersStep, WhatTheRuntimeDoesNotKnowHasEnded) {
  StepContext& context = For(Spec({}, {"main", "side"}));
  EXPECT_TRUE(RunTask(io_, Perform(context, kTwo, false)).ok());
  EXPECT_EQ(runtime_.calls().size(), 2U);
  EXPECT_THAT(said_, ElementsAre("main Normal Killing Stopping container main: its specification changed",
                                 "side Normal Killing Stopping container side"));
}

TEST_F(EndContainersStep, AFailureCountsUnlessTheSandboxIsStoppedAnyway) {
  StepContext& context = For(Spec({}, {"main", "side"}));
  const Error refused = MakeError(ErrorCode::kInternal, "no");
  runtime_.FailNext(fakes::FakeRuntime::Call::kStopContainer, refused, 4);
  EXPECT_EQ(RunTask(io_, Perform(context, kTwo, false)).error().message, "no");
  EXPECT_TRUE(RunTask(io_, Perform(context, kTwo, true)).ok());
}

}  // namespace
}  // namespace ordinal::podsync

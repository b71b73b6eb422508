#include "agent/podsync/steps/remove_records.h"

#include "tests/unit/agent/podsync/steps/step_test_base.h"

namespace ordinal::podsync {
namespace {

using ::testing::IsEmpty;

class RemoveRecordsStep : public StepTest {};

TEST_F(RemoveRecordsStep, OneThatStaysIsTriedAgainLater) {
  StepContext& context = For(Spec({}, {"main"}));
  runtime_.FailNext(fakes::FakeRuntime::Call::kRemoveContainer, MakeError(ErrorCode::kInternal, "busy"));
  RunTask(io_, Perform(context, RemoveContainer{"c0"}));
  EXPECT_EQ(memory_.tidy_after["c0"], clock_.Now() + seconds(10));
  EXPECT_EQ(context.look_again, clock_.Now() + seconds(10));
  RunTask(io_, Perform(context, RemoveContainer{"c0"}));
  EXPECT_THAT(memory_.tidy_after, IsEmpty());
}

}  // namespace
}  // namespace ordinal::podsync

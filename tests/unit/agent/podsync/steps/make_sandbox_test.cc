#include "agent/podsync/steps/make_sandbox.h"

#include <filesystem>

#include "tests/unit/agent/podsync/steps/step_test_base.h"

namespace ordinal::podsync {
namespace {

using ::testing::ElementsAre;

class MakeSandboxStep : public StepTest {};

TEST_F(MakeSandboxStep, LeavesItsIdItsAddressAndItsConfiguration) {
  StepContext& context = For(Spec({}, {"main"}));
  ASSERT_TRUE(RunTask(io_, Perform(context, MakeSandbox{3})).ok());
  const cri::Sandbox& sandbox = runtime_.sandboxes().at(context.sandbox_id);
  EXPECT_EQ(sandbox.attempt, 3U);
  EXPECT_EQ(context.ips, sandbox.ips);
  EXPECT_EQ(context.sandbox_config.uid, kUid);
  EXPECT_TRUE(std::filesystem::is_directory(context.sandbox_config.log_directory));
}

TEST_F(MakeSandboxStep, APodOfTheHostsNetworkHasTheHostsAddress) {
  Json spec = Spec({}, {"main"});
  spec["hostNetwork"] = true;
  StepContext& context = For(spec);
  ASSERT_TRUE(RunTask(io_, Perform(context, MakeSandbox{0})).ok());
  EXPECT_THAT(context.ips, ElementsAre("192.0.2.1"));
}

TEST_F(MakeSandboxStep, ItsFailureIsSaidOnceForEachCause) {
  StepContext& context = For(Spec({}, {"main"}));
  for (const char* cause : {"no plugin", "no plugin", "no space"}) {
    FailPod(context, "start sandbox", MakeError(ErrorCode::kInternal, cause));
  }
  EXPECT_THAT(said_,
              ElementsAre(" Warning FailedCreatePodSandBox no plugin", " Warning FailedCreatePodSandBox no space"));
  EXPECT_EQ(context.look_again, clock_.Now() + std::chrono::milliseconds(200)) << "the first retry is the soonest";
  EXPECT_EQ(memory_.pod_retry->not_before, clock_.Now() + std::chrono::milliseconds(800));
}

}  // namespace
}  // namespace ordinal::podsync

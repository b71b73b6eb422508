#include "agent/podsync/steps/start_container.h"

#include <filesystem>

#include "agent/podsync/steps/make_sandbox.h"
#include "agent/podsync/steps/prepare_volumes.h"
#include "tests/unit/agent/podsync/steps/step_test_base.h"

namespace ordinal::podsync {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StartContainerStep : public StepTest {
 protected:
  /// A pod whose sandbox and volumes are there.
  StepContext& InSandbox(Json spec) {
    StepContext& context = For(std::move(spec));
    EXPECT_TRUE(RunTask(io_, Perform(context, PrepareVolumes())).ok());
    EXPECT_TRUE(RunTask(io_, Perform(context, MakeSandbox{0})).ok());
    runtime_.ClearCalls();
    return context;
  }
  Status Start(
      StepContext& context, std::function<bool()> wanted = [] { return true; }) {
    const StartContainer step{false, 0, 0};
    return RunTask(io_, Perform(context, step, wanted));
  }
};

TEST_F(StartContainerStep, ItRunsWithItsFilesAndMounts) {
  StepContext& context = InSandbox(Spec({}, {"main"}));
  ASSERT_TRUE(Start(context).ok());
  EXPECT_THAT(runtime_.calls(), ElementsAre("CreateContainer main", "StartContainer main"));
  const cri::Container* container = runtime_.Find("kubia-0", "main");
  ASSERT_NE(container, nullptr);
  EXPECT_EQ(container->state, cri::ContainerState::kRunning);
  std::vector<std::string> paths;
  for (const cri::Mount& mount : runtime_.ContainerConfigOf(container->id).mounts) {
    EXPECT_TRUE(std::filesystem::exists(mount.host_path)) << mount.host_path;
    paths.push_back(mount.container_path);
  }
  EXPECT_THAT(paths, ElementsAre("/etc/hosts", "/dev/termination-log"));
  EXPECT_THAT(said_,
              ElementsAre("main Normal Pulled Container image \"busybox:1.35\" already present on machine",
                          "main Normal Created Created container: main", "main Normal Started Started container main"));
}

TEST_F(StartContainerStep, AnImageThatIsPulledIsWaitedFor) {
  Json spec = Spec({}, {"main"});
  spec["containers"][0]["image"] = "remote:1";
  runtime_.AddRemoteImage("remote:1");
  StepContext& context = InSandbox(spec);
  ASSERT_TRUE(Start(context).ok());
  EXPECT_EQ(memory_.waiting["main"].reason, "ContainerCreating");
  EXPECT_EQ(memory_.retries["main"].not_before, WallTime::max());
  EXPECT_FALSE(context.look_again);
  RunReady(io_);
  EXPECT_EQ(arrived_, 1);
}

TEST_F(StartContainerStep, APullIsToldOfOnceAndHowLongItTook) {
  Json spec = Spec({}, {"main"});
  spec["containers"][0]["image"] = "remote:1";
  runtime_.AddRemoteImage("remote:1");
  runtime_.Delay(fakes::FakeRuntime::Call::kPullImage, std::chrono::milliseconds(1500));
  StepContext& context = InSandbox(spec);
  for (int look = 0; look < 3; ++look) {
    ASSERT_TRUE(Start(context).ok());
    RunReady(io_);
  }
  EXPECT_THAT(said_, ElementsAre("main Normal Pulling Pulling image \"remote:1\""));
  clock_.Advance(std::chrono::milliseconds(1500));
  RunReady(io_);
  ASSERT_TRUE(Start(context).ok());
  EXPECT_THAT(said_,
              Contains("main Normal Pulled Successfully pulled image \"remote:1\" in 1.5s (1.5s including waiting). "
                       "Image size: 0 bytes."));
}

TEST_F(StartContainerStep, WhoIsNotWantedAnyMoreIsNotMade) {
  StepContext& context = InSandbox(Spec({}, {"main"}));
  ASSERT_TRUE(Start(context, [] { return false; }).ok());
  EXPECT_THAT(runtime_.calls(), IsEmpty());
}

TEST_F(StartContainerStep, WhoIsNotWantedAnyMoreIsNotStarted) {
  StepContext& context = InSandbox(Spec({}, {"main"}));
  const auto until_it_is_made = [this] { return runtime_.Find("kubia-0", "main") == nullptr; };
  ASSERT_TRUE(Start(context, until_it_is_made).ok());
  EXPECT_THAT(runtime_.calls(), ElementsAre("CreateContainer main"));
}

TEST_F(StartContainerStep, ANameThatIsHeldIsNobodysFailure) {
  StepContext& context = InSandbox(Spec({}, {"main"}));
  FailContainer(context, pod_->spec.containers[0], MakeError(ErrorCode::kAlreadyExists, "the name is reserved"));
  EXPECT_THAT(said_, IsEmpty());
  EXPECT_EQ(context.look_again, clock_.Now() + std::chrono::milliseconds(50));
}

TEST_F(StartContainerStep, AFailureIsSaidShownAndTriedAgainLater) {
  StepContext& context = InSandbox(Spec({}, {"main"}));
  FailContainer(context, pod_->spec.containers[0], MakeError(ErrorCode::kInternal, "no", "RunContainerError"));
  EXPECT_THAT(said_, ElementsAre("main Warning Failed Error: no"));
  EXPECT_EQ(memory_.waiting["main"].reason, "RunContainerError");
  EXPECT_GT(memory_.retries["main"].not_before, clock_.Now());
}

}  // namespace
}  // namespace ordinal::podsync

#include "agent/podsync/steps/remove_records.h"

#include <filesystem>

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

TEST_F(RemoveRecordsStep, TheLogGoesWithTheContainer) {
  StepContext& context = For(Spec({}, {"main"}), Held().Sandbox("s0").Ended("main", 1, 0).Ended("main", 1, 1));
  const auto log = [&](uint32_t attempt) {
    return layout_.PodLogs(pod_->meta.ns, pod_->meta.name, pod_->meta.uid) + "/" +
           Layout::ContainerLog("main", attempt);
  };
  fakes::WriteFile(log(0), "x");
  fakes::WriteFile(log(0) + ".20260101-000000.gz", "x");
  fakes::WriteFile(log(1), "x");
  RunTask(io_, Perform(context, RemoveContainer{"main-0"}));
  EXPECT_FALSE(std::filesystem::exists(log(0)));
  EXPECT_FALSE(std::filesystem::exists(log(0) + ".20260101-000000.gz"));
  EXPECT_TRUE(std::filesystem::exists(log(1))) << "another run's";
}

TEST_F(RemoveRecordsStep, ALogThatAnotherContainerHasStays) {
  Held held = Held().Sandbox("s0").Created("main", 0).Running("main", 0);
  held.Last().id = "another";
  StepContext& context = For(Spec({}, {"main"}), held);
  const std::string log =
      layout_.PodLogs(pod_->meta.ns, pod_->meta.name, pod_->meta.uid) + "/" + Layout::ContainerLog("main", 0);
  fakes::WriteFile(log, "x");
  const auto link = [&](const std::string& id) {
    return layout_.ContainerLogLink(pod_->meta.name, pod_->meta.ns, "main", id);
  };
  std::filesystem::create_directories(std::filesystem::path(link("main-0")).parent_path());
  for (const std::string id : {"main-0", "another"}) std::filesystem::create_symlink(log, link(id));
  RunTask(io_, Perform(context, DropContainer{"main-0"}));
  EXPECT_TRUE(std::filesystem::exists(log));
  EXPECT_FALSE(std::filesystem::is_symlink(link("main-0")));
  EXPECT_TRUE(std::filesystem::is_symlink(link("another")));
}

}  // namespace
}  // namespace ordinal::podsync

// containerd restarted under the client: calls and events come back, containers go on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "cri/grpc/task_list.h"
#include "tests/contract/cri_subject.h"

namespace ordinal {
namespace {

using cri::RuntimeEvent;

class CriRestart : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = PrivateContainerd::Missing(); !missing.empty()) GTEST_SKIP() << missing;
    subject_ = std::make_unique<ContainerdSubject>();
  }

  template <class T>
  T Do(Task<T> task) {
    return subject_->Do(std::move(task));
  }

  RuntimeEvent Await(RuntimeEvent::Kind kind) {
    for (;;) {
      const auto event = Do(subject_->events().Next());
      if (!event.ok()) throw std::runtime_error(event.error().message);
      if (event->kind == kind) return *event;
    }
  }

  std::string RunPod() {
    cri::SandboxConfig pod;
    pod.name = pod.uid = pod.hostname = "pod";
    pod.ns = "default";
    const auto sandbox = Do(subject_->runtime().RunSandbox(pod));
    if (!sandbox.ok()) throw std::runtime_error(sandbox.error().message);
    cri::ContainerConfig config;
    config.name = "main";
    config.image = CriSubject::kImage;
    config.command = {"/bin/sh", "-c", "sleep 1000"};
    const auto id = Do(subject_->runtime().CreateContainer(*sandbox, config, pod));
    if (!id.ok()) throw std::runtime_error(id.error().message);
    EXPECT_TRUE(Do(subject_->runtime().StartContainer(*id)).ok());
    return *id;
  }

  std::unique_ptr<ContainerdSubject> subject_;
};

TEST_F(CriRestart, EventsReconnectAndTellOfIt) {
  EXPECT_EQ(Do(subject_->events().Next())->kind, RuntimeEvent::Kind::kConnected);
  for (int i = 0; i < 2; ++i) {
    subject_->containerd().Stop();
    subject_->containerd().Start();
    Await(RuntimeEvent::Kind::kConnected);
  }
  const std::string id = RunPod();
  RuntimeEvent event;
  do {
    event = Await(RuntimeEvent::Kind::kContainerStarted);
  } while (event.container_id != id);
  EXPECT_TRUE(Do(subject_->runtime().StopContainer(id, std::chrono::seconds(0))).ok());
  EXPECT_EQ(Await(RuntimeEvent::Kind::kContainerExited).container_id, id);
}

TEST_F(CriRestart, ReadsRideOutARestartAndContainersGoOn) {
  const std::string id = RunPod();
  const auto before = Do(subject_->runtime().ContainerStatus(id));
  subject_->containerd().Stop();
  subject_->containerd().Start();
  const auto after = Do(subject_->runtime().ContainerStatus(id));
  ASSERT_TRUE(after.ok()) << after.error().message;
  EXPECT_EQ(after->state, cri::ContainerState::kRunning);
  EXPECT_EQ(after->started_at, before->started_at);
}

TEST_F(CriRestart, FirstProcessesOfWhatRunsAreListed) {
  ASSERT_EQ(Do(subject_->events().Next())->kind, RuntimeEvent::Kind::kConnected);
  const std::string id = RunPod();
  const auto before = Do(cri::RunningTasks(subject_->connection()));
  ASSERT_TRUE(before.ok()) << before.error().message;
  EXPECT_EQ(before->size(), 2U) << "the container and its sandbox";
  ASSERT_TRUE(before->contains(id));
  ASSERT_EQ(::kill(static_cast<pid_t>(before->at(id)), SIGKILL), 0);
  RuntimeEvent event;
  do {
    event = Await(RuntimeEvent::Kind::kContainerExited);
  } while (event.container_id != id);
  EXPECT_EQ(event.exit_code, 137);
  const auto after = Do(cri::RunningTasks(subject_->connection()));
  ASSERT_TRUE(after.ok()) << after.error().message;
  EXPECT_FALSE(after->contains(id));
}

TEST_F(CriRestart, RuntimeThatStaysAwayIsUnavailable) {
  subject_->containerd().Stop();
  const auto version = Do(subject_->runtime().GetVersion());
  ASSERT_FALSE(version.ok());
  EXPECT_EQ(version.error().code, ErrorCode::kUnavailable);
  const auto sandbox = Do(subject_->runtime().RunSandbox({}));
  EXPECT_EQ(sandbox.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(sandbox.error().reason, "") << "nothing is wrong with the pod";
}

TEST_F(CriRestart, StoppedEventStreamEnds) {
  EXPECT_EQ(Do(subject_->events().Next())->kind, RuntimeEvent::Kind::kConnected);
  asio::post(subject_->io(), [this] { subject_->events().Stop(); });
  Result<RuntimeEvent> event = Do(subject_->events().Next());
  while (event.ok()) event = Do(subject_->events().Next());
  EXPECT_EQ(event.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(Do(subject_->events().Next()).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace ordinal

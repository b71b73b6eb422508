// What every cri::Runtime promises, shown on the fake and on a real containerd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "tests/contract/cri_subject.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal {
namespace {

using cri::ContainerState;
using cri::RuntimeEvent;
using cri::SandboxState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CriRuntime : public CriContract {
 protected:
  cri::Runtime& runtime() { return subject_->runtime(); }

  template <class T>
  T Do(Task<T> task) {
    return subject_->Do(std::move(task));
  }

  cri::SandboxConfig Pod(const std::string& name, uint32_t attempt = 0) {
    cri::SandboxConfig config;
    config.name = name;
    config.uid = "uid-of-" + name;
    config.ns = "default";
    config.attempt = attempt;
    config.hostname = name;
    config.labels = {{"io.kubernetes.pod.uid", config.uid}, {"set", "one"}};
    config.annotations = {{"note", "kept"}};
    return config;
  }

  /// Commands that mean the same to the real shell as what the fake's script does for containers of that name.
  cri::ContainerConfig Command(const std::string& name) {
    const std::map<std::string, std::string> shell{
        {"exits-3", "exit 3"},
        {"exits-0", "exit 0"},
        {"obedient", "trap 'exit 7' TERM; : >/obeys; while :; do sleep 0.05; done"},
        {"stubborn", "trap '' TERM; while :; do sleep 0.05; done"}};
    cri::ContainerConfig config;
    config.name = name;
    config.image = CriSubject::kImage;
    const auto found = shell.find(name);
    config.command = {"/bin/sh", "-c", found == shell.end() ? "sleep 1000" : found->second};
    if (name == "no-such-command") config.command = {"/bin/no-such-command"};
    config.labels = {{"io.kubernetes.container.name", name}, {"io.kubernetes.pod.uid", "uid-of-pod"}};
    return config;
  }

  std::string RunSandbox(const cri::SandboxConfig& config) {
    const auto id = Do(runtime().RunSandbox(config));
    EXPECT_TRUE(id.ok()) << id.error().message;
    return id.ok() ? *id : "";
  }

  std::string Create(const std::string& sandbox, const cri::ContainerConfig& config) {
    const auto id = Do(runtime().CreateContainer(sandbox, config, Pod("pod")));
    EXPECT_TRUE(id.ok()) << id.error().message;
    return id.ok() ? *id : "";
  }

  std::string Start(const std::string& sandbox, const std::string& name) {
    const std::string id = Create(sandbox, Command(name));
    const Status started = Do(runtime().StartContainer(id));
    EXPECT_TRUE(started.ok()) << started.error().message;
    return id;
  }

  /// A signal that comes before it has its trap is lost: it is the first process of its namespace.
  void AwaitObedience(const std::string& id) {
    const auto ready = Do(runtime().ExecSync(id, {"/bin/sh", "-c", "until [ -e /obeys ]; do sleep 0.02; done"},
                                             std::chrono::seconds(10)));
    EXPECT_TRUE(ready.ok()) << ready.error().message;
  }

  cri::Container StatusOf(const std::string& id) {
    auto status = Do(runtime().ContainerStatus(id));
    EXPECT_TRUE(status.ok()) << status.error().message;
    return status.ok() ? *status : cri::Container();
  }

  /// The event of that kind about that container; anything else before it is passed over.
  RuntimeEvent AwaitEvent(RuntimeEvent::Kind kind, const std::string& id) {
    for (;;) {
      const auto event = Do(subject_->events().Next());
      if (!event.ok()) throw std::runtime_error(event.error().message);
      if (event->kind == kind && event->container_id == id) return *event;
    }
  }

  /// Until the container has ended, as a list of the truth says.
  cri::Container AwaitExit(const std::string& id) {
    const SteadyTime end = subject_->clock().Steady() + kTestDeadline;
    for (;;) {
      cri::Container status = StatusOf(id);
      if (status.state == ContainerState::kExited || subject_->clock().Steady() > end) return status;
      Do(Sleep(subject_->clock(), std::chrono::milliseconds(2)));
    }
  }
};

TEST_P(CriRuntime, TellsItsVersionAndStatus) {
  EXPECT_NE(Do(runtime().GetVersion())->runtime_name, "");
  const auto status = Do(runtime().GetStatus());
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_TRUE(status->runtime_ready);
  EXPECT_TRUE(status->network_ready) << status->message;
  // containerd 2.x does not tell it (cri/images/sandbox_image.h).
  EXPECT_THAT(status->sandbox_image, ::testing::AnyOf("", PrivateContainerd::kSandboxImage));
  EXPECT_EQ(status->default_runtime, "runc");
}

TEST_P(CriRuntime, SandboxLivesAndIsStoppedAndRemovedAnyNumberOfTimes) {
  const std::string id = RunSandbox(Pod("pod"));
  const auto listed = Do(runtime().ListSandboxes({"", {{"set", "one"}}}));
  ASSERT_THAT(*listed, SizeIs(1));
  EXPECT_EQ(listed->at(0).id, id);
  EXPECT_EQ(listed->at(0).name, "pod");
  EXPECT_EQ(listed->at(0).uid, "uid-of-pod");
  EXPECT_EQ(listed->at(0).ns, "default");
  EXPECT_EQ(listed->at(0).state, SandboxState::kReady);
  EXPECT_EQ(listed->at(0).annotations.at("note"), "kept");
  EXPECT_THAT(listed->at(0).ips, IsEmpty()) << "only a status knows";
  EXPECT_THAT(*Do(runtime().ListSandboxes({"", {{"set", "two"}}})), IsEmpty());
  EXPECT_THAT(*Do(runtime().ListSandboxes({id})), SizeIs(1));

  const auto status = Do(runtime().SandboxStatus(id));
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_EQ(status->state, SandboxState::kReady);
  EXPECT_THAT(status->ips, SizeIs(1));
  EXPECT_GT(status->created_at, WallTime());

  for (int i = 0; i < 2; ++i) EXPECT_TRUE(Do(runtime().StopSandbox(id)).ok());
  const auto stopped = Do(runtime().SandboxStatus(id));
  EXPECT_EQ(stopped->state, SandboxState::kNotReady);
  EXPECT_THAT(stopped->ips, IsEmpty()) << "the address may belong to another pod by now";

  for (int i = 0; i < 2; ++i) EXPECT_TRUE(Do(runtime().RemoveSandbox(id)).ok());
  EXPECT_EQ(Do(runtime().SandboxStatus(id)).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(*Do(runtime().ListSandboxes({})), IsEmpty());
}

TEST_P(CriRuntime, SandboxOfAnAttemptExistsOnce) {
  RunSandbox(Pod("pod"));
  const auto again = Do(runtime().RunSandbox(Pod("pod")));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kAlreadyExists) << again.error().message;
  EXPECT_EQ(again.error().reason, "FailedCreatePodSandBox");
  EXPECT_NE(RunSandbox(Pod("pod", 1)), "");
}

TEST_P(CriRuntime, HostNetworkSandboxHasNoAddressOfItsOwn) {
  cri::SandboxConfig config = Pod("pod");
  config.hostname.clear();
  config.namespaces.network = cri::NamespaceMode::kNode;
  const auto status = Do(runtime().SandboxStatus(RunSandbox(config)));
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_TRUE(status->host_network);
  EXPECT_THAT(status->ips, IsEmpty());
}

TEST_P(CriRuntime, AnswersForUnknownIds) {
  EXPECT_EQ(Do(runtime().SandboxStatus("nope")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Do(runtime().ContainerStatus("nope")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Do(runtime().StartContainer("nope")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Do(runtime().ImageStatus("docker.io/library/nope:1")).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(Do(runtime().StopSandbox("nope")).ok());
  EXPECT_TRUE(Do(runtime().RemoveSandbox("nope")).ok());
  EXPECT_TRUE(Do(runtime().RemoveContainer("nope")).ok());
  EXPECT_TRUE(Do(runtime().RemoveImage("docker.io/library/nope:1")).ok());
}

TEST_P(CriRuntime, ContainerIsCreatedStartedStoppedAndRemoved) {
  const std::string sandbox = RunSandbox(Pod("pod"));
  const std::string id = Create(sandbox, Command("obedient"));
  EXPECT_EQ(StatusOf(id).state, ContainerState::kCreated);
  EXPECT_EQ(StatusOf(id).started_at, WallTime());

  ASSERT_TRUE(Do(runtime().StartContainer(id)).ok());
  const cri::Container running = StatusOf(id);
  EXPECT_EQ(running.state, ContainerState::kRunning);
  EXPECT_GT(running.started_at, WallTime());
  EXPECT_EQ(running.finished_at, WallTime());
  EXPECT_EQ(running.image, CriSubject::kImage);
  EXPECT_EQ(running.name, "obedient");
  EXPECT_EQ(running.sandbox_id, "") << "only a list knows";

  const auto listed = Do(runtime().ListContainers({"", sandbox}));
  ASSERT_THAT(*listed, SizeIs(1));
  EXPECT_EQ(listed->at(0).id, id);
  EXPECT_EQ(listed->at(0).sandbox_id, sandbox);
  EXPECT_EQ(listed->at(0).state, ContainerState::kRunning);
  EXPECT_EQ(listed->at(0).started_at, WallTime()) << "only a status knows";
  EXPECT_THAT(*Do(runtime().ListContainers({"", "", {{"io.kubernetes.container.name", "other"}}})), IsEmpty());

  EXPECT_FALSE(Do(runtime().StartContainer(id)).ok()) << "a container starts once";
  AwaitObedience(id);
  ASSERT_TRUE(Do(runtime().StopContainer(id, std::chrono::seconds(20))).ok());
  const cri::Container stopped = StatusOf(id);
  EXPECT_EQ(stopped.state, ContainerState::kExited);
  EXPECT_EQ(stopped.exit_code, 7) << "it saw the stop signal";
  EXPECT_EQ(stopped.reason, "Error");
  EXPECT_GE(stopped.finished_at, running.started_at);
  EXPECT_TRUE(Do(runtime().StopContainer(id, std::chrono::seconds(20))).ok()) << "stopping again is harmless";

  EXPECT_TRUE(Do(runtime().RemoveContainer(id)).ok());
  EXPECT_EQ(Do(runtime().ContainerStatus(id)).error().code, ErrorCode::kNotFound);
  // containerd 1.6 does not know it any more; for 2.x it is stopped.
  const Status again = Do(runtime().StopContainer(id, std::chrono::seconds(1)));
  EXPECT_TRUE(again.ok() || again.error().code == ErrorCode::kNotFound) << again.error().message;
}

TEST_P(CriRuntime, ResourcesOfAContainerThatRunsAreChanged) {
  const std::string id = Start(RunSandbox(Pod("pod")), "sleeper");
  cri::Resources more;
  more.cpu_shares = 512;
  more.memory_limit = more.memory_swap_limit = 256 << 20;
  const Status changed = Do(runtime().UpdateContainer(id, more));
  EXPECT_TRUE(changed.ok()) << changed.error().message;
  EXPECT_EQ(StatusOf(id).state, ContainerState::kRunning);
  EXPECT_EQ(Do(runtime().UpdateContainer("nope", more)).error().code, ErrorCode::kNotFound);
}

TEST_P(CriRuntime, ContainerThatEndsByItselfIsToldOfAtOnce) {
  const std::string sandbox = RunSandbox(Pod("pod"));
  const struct {
    const char* name;
    int32_t code;
    const char* reason;
  } kCases[] = {{"exits-3", 3, "Error"}, {"exits-0", 0, "Completed"}};
  ASSERT_EQ(Do(subject_->events().Next())->kind, RuntimeEvent::Kind::kConnected);
  for (const auto& [name, code, reason] : kCases) {
    const std::string id = Start(sandbox, name);
    AwaitEvent(RuntimeEvent::Kind::kContainerStarted, id);
    EXPECT_EQ(AwaitEvent(RuntimeEvent::Kind::kContainerExited, id).exit_code, code);
    const cri::Container ended = AwaitExit(id);
    EXPECT_EQ(ended.exit_code, code);
    EXPECT_EQ(ended.reason, reason);
  }
}

TEST_P(CriRuntime, EventsBeginWithConnected) {
  EXPECT_EQ(Do(subject_->events().Next())->kind, RuntimeEvent::Kind::kConnected);
}

TEST_P(CriRuntime, ContainerThatCannotStartSaysWhy) {
  const std::string id = Create(RunSandbox(Pod("pod")), Command("no-such-command"));
  const Status started = Do(runtime().StartContainer(id));
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().reason, "RunContainerError");
  const cri::Container status = StatusOf(id);
  EXPECT_EQ(status.state, ContainerState::kExited);
  EXPECT_EQ(status.exit_code, 128);
  EXPECT_EQ(status.reason, "StartError");
  EXPECT_NE(status.message, "");
}

TEST_P(CriRuntime, ContainerThatIgnoresTheStopSignalIsKilledAfterTheGrace) {
  const std::string id = Start(RunSandbox(Pod("pod")), "stubborn");
  ASSERT_TRUE(Do(runtime().StopContainer(id, std::chrono::seconds(1))).ok());
  EXPECT_EQ(StatusOf(id).state, ContainerState::kExited);
  EXPECT_EQ(StatusOf(id).exit_code, 137);
}

TEST_P(CriRuntime, RunningContainerIsRemovedByForce) {
  const std::string id = Start(RunSandbox(Pod("pod")), "sleeper");
  EXPECT_TRUE(Do(runtime().RemoveContainer(id)).ok());
  EXPECT_THAT(*Do(runtime().ListContainers({})), IsEmpty());
}

TEST_P(CriRuntime, StoppedSandboxStopsItsContainersAndRemovedOneTakesThemAlong) {
  const std::string sandbox = RunSandbox(Pod("pod"));
  const std::string id = Start(sandbox, "sleeper");
  ASSERT_TRUE(Do(runtime().StopSandbox(sandbox)).ok());
  EXPECT_EQ(AwaitExit(id).exit_code, 137);
  // containerd 2.x makes it, but does not start it.
  const auto late = Do(runtime().CreateContainer(sandbox, Command("late"), Pod("pod")));
  EXPECT_FALSE(late.ok() && Do(runtime().StartContainer(*late)).ok());
  ASSERT_TRUE(Do(runtime().RemoveSandbox(sandbox)).ok());
  EXPECT_THAT(*Do(runtime().ListContainers({})), IsEmpty());
}

TEST_P(CriRuntime, ContainerOfAnAttemptExistsOnce) {
  const std::string sandbox = RunSandbox(Pod("pod"));
  Create(sandbox, Command("main"));
  const auto again = Do(runtime().CreateContainer(sandbox, Command("main"), Pod("pod")));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kAlreadyExists) << again.error().message;
  cri::ContainerConfig next = Command("main");
  next.attempt = 1;
  EXPECT_NE(Create(sandbox, next), "");
}

TEST_P(CriRuntime, ContainerOfAMissingImageIsNotCreated) {
  cri::ContainerConfig config = Command("main");
  config.image = "docker.io/library/nope:1";
  const auto created = Do(runtime().CreateContainer(RunSandbox(Pod("pod")), config, Pod("pod")));
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code, ErrorCode::kNotFound) << created.error().message;
  EXPECT_EQ(created.error().reason, "CreateContainerError");
}

TEST_P(CriRuntime, CommandInAContainerGivesItsOutputAndExitCode) {
  const std::string id = Start(RunSandbox(Pod("pod")), "sleeper");
  const auto result =
      Do(runtime().ExecSync(id, {"/bin/sh", "-c", "echo out; echo err >&2; exit 4"}, std::chrono::seconds(10)));
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->out, "out\n");
  EXPECT_EQ(result->err, "err\n");
  EXPECT_EQ(result->exit_code, 4);
}

TEST_P(CriRuntime, ALogThatWasRenamedIsBegunAgain) {
  const fakes::ScratchDirectory directory;
  cri::SandboxConfig pod = Pod("pod");
  pod.log_directory = directory.path();
  cri::ContainerConfig config = Command("stubborn");
  config.log_path = "0.log";
  const std::string sandbox = RunSandbox(pod);
  const auto id = Do(runtime().CreateContainer(sandbox, config, pod));
  ASSERT_TRUE(id.ok()) << id.error().message;
  EXPECT_EQ(Do(runtime().ReopenContainerLog(*id)).error().code, ErrorCode::kInternal) << "it does not run";
  ASSERT_TRUE(Do(runtime().StartContainer(*id)).ok());

  const std::string log = directory / "0.log";
  fakes::WriteFile(log, "so far\n");
  std::filesystem::rename(log, log + ".old");
  const Status reopened = Do(runtime().ReopenContainerLog(*id));
  EXPECT_TRUE(reopened.ok()) << reopened.error().message;
  EXPECT_TRUE(std::filesystem::exists(log));
  EXPECT_EQ(fakes::ReadFile(log + ".old"), "so far\n");

  ASSERT_TRUE(Do(runtime().StopContainer(*id, std::chrono::seconds(0))).ok());
  EXPECT_EQ(Do(runtime().ReopenContainerLog(*id)).error().code, ErrorCode::kInternal);
  EXPECT_EQ(Do(runtime().ReopenContainerLog(std::string(64, '1'))).error().code, ErrorCode::kNotFound);
}

TEST_P(CriRuntime, ImagesAreFoundByNameAndIdAndRemoved) {
  const auto image = Do(runtime().ImageStatus(CriSubject::kImage));
  ASSERT_TRUE(image.ok()) << image.error().message;
  EXPECT_THAT(image->repo_tags, ElementsAre(CriSubject::kImage));
  EXPECT_EQ(Do(runtime().ImageStatus(image->id))->id, image->id);
  const auto listed = Do(runtime().ListImages());
  EXPECT_EQ(std::count_if(listed->begin(), listed->end(), [&](const auto& one) { return one.id == image->id; }), 1);
  EXPECT_TRUE(Do(runtime().RemoveImage(image->id)).ok());
  EXPECT_EQ(Do(runtime().ImageStatus(CriSubject::kImage)).error().code, ErrorCode::kNotFound);
}

TEST_P(CriRuntime, PullThatFindsNoRegistryIsErrImagePull) {
  cri::ImageAuth auth;
  auth.username = "reader";
  auth.password = "hidden words";
  for (const cri::ImageAuth& as : {cri::ImageAuth(), auth}) {
    const auto pulled = Do(runtime().PullImage("localhost:1/nope:1", as));
    ASSERT_FALSE(pulled.ok());
    EXPECT_EQ(pulled.error().reason, "ErrImagePull") << pulled.error().message;
    EXPECT_THAT(pulled.error().message, ::testing::Not(::testing::HasSubstr(auth.password)));
  }
}

TEST_P(CriRuntime, TellsWhereImagesAreKept) {
  const auto images = Do(runtime().ImageFsInfo());
  ASSERT_TRUE(images.ok()) << images.error().message;
  EXPECT_THAT(images->mountpoint, ::testing::StartsWith("/"));
}

INSTANTIATE_TEST_SUITE_P(Implementations, CriRuntime, ::testing::ValuesIn(CriImplementations()),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace ordinal

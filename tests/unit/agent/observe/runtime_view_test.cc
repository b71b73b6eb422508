#include "agent/observe/runtime_view.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"

namespace ordinal::observe {
namespace {

using cri::ContainerState;
using cri::SandboxState;
using fakes::FakeRuntime;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Duration kSlowList = seconds(61);

class RuntimeViewTest : public ::testing::Test {
 protected:
  /// `own_events`: the test sends the events itself, before or without the runtime's records.
  void StartView(bool own_events = false) {
    cri::EventSource& events = own_events ? static_cast<cri::EventSource&>(sent_) : runtime_.events();
    view_ = std::make_unique<RuntimeView>(io_.get_executor(), clock_, runtime_, events, "node-a");
    view_->OnChange([this](const std::string& uid) { changed_.push_back(uid); });
    view_->OnImage([this](const std::string& image) { images_.push_back(image); });
    Spawn(io_.get_executor(), "view", view_->Run());
    RunReady(io_);
  }

  cri::SandboxConfig SandboxConfig(const std::string& uid, const std::string& agent) {
    cri::SandboxConfig config;
    config.name = "pod-" + uid;
    config.ns = "default";
    config.uid = uid;
    config.labels = {
        {observe::kPodUidLabel, uid}, {observe::kPodNameLabel, config.name}, {observe::kPodNamespaceLabel, "default"}};
    if (!agent.empty()) config.labels[observe::kAgentLabel] = agent;
    return config;
  }

  std::string RunSandbox(const std::string& uid, const std::string& agent = "node-a") {
    const auto id = RunTask(io_, runtime_.RunSandbox(SandboxConfig(uid, agent)));
    EXPECT_TRUE(id.ok());
    return *id;
  }

  std::string StartContainer(const std::string& sandbox, const std::string& uid, const std::string& name = "main") {
    cri::ContainerConfig config;
    config.name = name;
    config.image = "a:1";
    config.labels = SandboxConfig(uid, "node-a").labels;
    if (!log_policy_.empty()) config.annotations[kTerminationMessagePolicy] = log_policy_;
    const auto id = RunTask(io_, runtime_.CreateContainer(sandbox, config, SandboxConfig(uid, "node-a")));
    EXPECT_TRUE(id.ok());
    EXPECT_TRUE(RunTask(io_, runtime_.StartContainer(*id)).ok());
    return *id;
  }

  void SendExit(const std::string& id, int32_t exit_code) {
    cri::RuntimeEvent event;
    event.kind = cri::RuntimeEvent::Kind::kContainerExited;
    event.container_id = id;
    event.exit_code = exit_code;
    sent_.Send(event);
    RunReady(io_);
  }

  observe::PodState Refresh(const std::string& uid) {
    auto state = RunTask(io_, view_->Refresh(uid));
    EXPECT_TRUE(state.ok());
    return *state;
  }

  const cri::Container& Main(const std::string& uid) { return view_->Get(uid).containers.at(0); }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  FakeRuntime runtime_{clock_, io_.get_executor()};
  fakes::FakeEvents sent_{io_.get_executor()};
  std::unique_ptr<RuntimeView> view_;
  std::vector<std::string> changed_, images_;
  std::string log_policy_;  ///< terminationMessagePolicy of containers; empty: none is told

  void SetUp() override { runtime_.AddImage("a:1"); }
};

TEST_F(RuntimeViewTest, TheFirstListShowsWhatIsThere) {
  const std::string sandbox = RunSandbox("u1");
  StartContainer(sandbox, "u1");
  RunSandbox("u2");
  StartView();
  EXPECT_TRUE(view_->Synced());
  EXPECT_TRUE(view_->Connected());
  EXPECT_THAT(view_->AllUids(), ElementsAre("u1", "u2"));
  const observe::PodState& state = view_->Get("u1");
  EXPECT_EQ(state.name, "pod-u1");
  EXPECT_EQ(state.ns, "default");
  ASSERT_EQ(state.sandboxes.size(), 1U);
  EXPECT_THAT(state.sandboxes[0].ips, ::testing::SizeIs(1));  // lists have none
  EXPECT_EQ(Main("u1").state, ContainerState::kRunning);
  EXPECT_EQ(Main("u1").sandbox_id, sandbox);
  EXPECT_NE(Main("u1").started_at, WallTime{});
  EXPECT_THAT(changed_, Contains("u1"));
  EXPECT_THAT(view_->Get("u3").sandboxes, IsEmpty());
}

TEST_F(RuntimeViewTest, WhatIsNotOursIsNeverSeen) {
  RunSandbox("foreign", "node-b");
  RunSandbox("kubelets", "");
  StartView();
  clock_.Advance(kSlowList);
  EXPECT_THAT(view_->AllUids(), IsEmpty());
  EXPECT_THAT(changed_, IsEmpty());
}

TEST_F(RuntimeViewTest, AnExitIsSeenAtOnceWithItsCode) {
  const std::string id = StartContainer(RunSandbox("u1"), "u1");
  StartView();
  changed_.clear();
  runtime_.ExitContainer(id, 7);
  RunReady(io_);
  EXPECT_EQ(Main("u1").state, ContainerState::kExited);
  EXPECT_EQ(Main("u1").exit_code, 7);
  EXPECT_EQ(Main("u1").reason, "Error");
  EXPECT_THAT(changed_, ElementsAre("u1"));
}

TEST_F(RuntimeViewTest, AnExitStaysTrueWhileTheRuntimesRecordsAreBehind) {
  const std::string id = StartContainer(RunSandbox("u1"), "u1");
  StartView(/*own_events=*/true);
  // when the event comes and the runtime still says "running"
  SendExit(id, 137);
  EXPECT_EQ(Main("u1").state, ContainerState::kExited);
  // then neither a look nor the slow list brings it back to life
  EXPECT_EQ(Refresh("u1").containers.at(0).state, ContainerState::kExited);
  clock_.Advance(kSlowList);
  EXPECT_EQ(Main("u1").state, ContainerState::kExited);
  EXPECT_EQ(Main("u1").exit_code, 137);
}

TEST_F(RuntimeViewTest, AnExitThatTheKernelToldFirstIsNoNewsOfTheRuntimes) {
  const std::string sandbox = RunSandbox("u1");
  const std::string id = StartContainer(sandbox, "u1");
  StartView(/*own_events=*/true);
  changed_.clear();
  view_->NoteExit(id, 7);
  view_->NoteExit(sandbox, 137);
  EXPECT_EQ(Main("u1").exit_code, 7);
  EXPECT_EQ(view_->Get("u1").sandboxes.at(0).state, SandboxState::kNotReady);
  EXPECT_THAT(changed_, ElementsAre("u1", "u1"));
  SendExit(id, 7);
  SendExit(sandbox, 137);
  EXPECT_THAT(changed_, ElementsAre("u1", "u1"));
}

TEST_F(RuntimeViewTest, WhatSpeaksThroughItsLogHasEndedWhenTheRuntimeHasWrittenIt) {
  log_policy_ = "FallbackToLogsOnError";
  const std::string sandbox = RunSandbox("u1");
  const std::string id = StartContainer(sandbox, "u1");
  StartView(/*own_events=*/true);
  view_->NoteExit(id, 7);
  SendExit(id, 7);
  EXPECT_EQ(Main("u1").state, ContainerState::kRunning);
  runtime_.ExitContainer(id, 7, "Error");  // the records catch up
  clock_.Advance(milliseconds(6));
  EXPECT_EQ(Main("u1").state, ContainerState::kExited);
  // one that ends well says nothing through it
  const std::string well = StartContainer(sandbox, "u1", "well");
  Refresh("u1");
  view_->NoteExit(well, 0);
  EXPECT_EQ(Main("u1").state, ContainerState::kExited);
}

TEST_F(RuntimeViewTest, AnEndThatTheRuntimeNeverWritesIsSeenAllTheSame) {
  log_policy_ = "FallbackToLogsOnError";
  const std::string id = StartContainer(RunSandbox("u1"), "u1");
  StartView(/*own_events=*/true);
  SendExit(id, 7);
  EXPECT_EQ(Main("u1").state, ContainerState::kRunning);
  for (int i = 0; i < 20; ++i) clock_.Advance(seconds(1));
  EXPECT_EQ(Main("u1").state, ContainerState::kExited);
  EXPECT_EQ(Main("u1").exit_code, 7);
}

TEST_F(RuntimeViewTest, TheRuntimesOwnAccountOfAnExitIsTakenOver) {
  const std::string id = StartContainer(RunSandbox("u1"), "u1");
  StartView(/*own_events=*/true);
  SendExit(id, 137);
  clock_.Advance(milliseconds(20));
  runtime_.ExitContainer(id, 137, "OOMKilled");  // the records catch up
  const WallTime finished = clock_.Now();
  changed_.clear();
  clock_.Advance(seconds(1));
  EXPECT_EQ(Main("u1").reason, "OOMKilled");
  EXPECT_EQ(Main("u1").finished_at, finished);
  EXPECT_NE(Main("u1").sandbox_id, "");
  EXPECT_THAT(changed_, ElementsAre("u1"));
}

TEST_F(RuntimeViewTest, OfOneNameTheNumberTellsTheNewest) {
  const std::string sandbox = RunSandbox("u1");
  for (const uint32_t attempt : {1U, 0U}) {  // as after a clock that was put back
    cri::ContainerConfig config;
    config.name = "main";
    config.image = "a:1";
    config.attempt = attempt;
    config.labels = SandboxConfig("u1", "node-a").labels;
    ASSERT_TRUE(RunTask(io_, runtime_.CreateContainer(sandbox, config, SandboxConfig("u1", "node-a"))).ok());
    clock_.Advance(seconds(1));
    StartContainer(sandbox, "u1", fmt::format("beside-{}", attempt));
    clock_.Advance(seconds(1));
  }
  StartView();
  std::vector<std::string> order;
  for (const cri::Container& each : view_->Get("u1").containers) {
    order.push_back(fmt::format("{}#{}", each.name, each.attempt));
  }
  EXPECT_THAT(order, ElementsAre("beside-0#0", "main#1", "main#0", "beside-1#0"));
}

TEST_F(RuntimeViewTest, AContainerThatEndsBeforeAnybodyLookedIsSeenAsEnded) {
  const std::string sandbox = RunSandbox("u1");
  StartView(/*own_events=*/true);
  const std::string id = StartContainer(sandbox, "u1");
  SendExit(id, 3);  // nobody knows it yet, and the runtime still says "running"
  EXPECT_EQ(Refresh("u1").containers.at(0).state, ContainerState::kExited);
  EXPECT_EQ(Main("u1").exit_code, 3);
}

TEST_F(RuntimeViewTest, ASandboxThatEndsBeforeAnybodyLookedIsSeenAsEnded) {
  StartView(/*own_events=*/true);
  const std::string sandbox = RunSandbox("u1");
  SendExit(sandbox, 137);
  EXPECT_EQ(Refresh("u1").sandboxes.at(0).state, SandboxState::kNotReady);
}

TEST_F(RuntimeViewTest, ADeadSandboxStaysDeadWhileTheRuntimesRecordsAreBehind) {
  const std::string sandbox = RunSandbox("u1");
  StartView(/*own_events=*/true);
  SendExit(sandbox, 137);
  EXPECT_EQ(view_->Get("u1").sandboxes.at(0).state, SandboxState::kNotReady);
  EXPECT_THAT(changed_, Contains("u1"));
  EXPECT_EQ(Refresh("u1").sandboxes.at(0).state, SandboxState::kNotReady);
}

TEST_F(RuntimeViewTest, OutOfMemoryIsRememberedUntilTheEnd) {
  const std::string id = StartContainer(RunSandbox("u1"), "u1");
  StartView(/*own_events=*/true);
  cri::RuntimeEvent oom;
  oom.kind = cri::RuntimeEvent::Kind::kContainerOom;
  oom.container_id = id;
  sent_.Send(oom);
  SendExit(id, 137);
  EXPECT_EQ(Main("u1").reason, "OOMKilled");
  runtime_.ExitContainer(id, 137, "Error");
  clock_.Advance(seconds(1));
  EXPECT_EQ(Main("u1").reason, "OOMKilled");
}

TEST_F(RuntimeViewTest, OutOfMemoryMayBeToldAfterTheEnd) {
  const std::string id = StartContainer(RunSandbox("u1"), "u1");
  StartView(/*own_events=*/true);
  SendExit(id, 137);
  ASSERT_EQ(Main("u1").reason, "Error");
  changed_.clear();
  cri::RuntimeEvent oom;
  oom.kind = cri::RuntimeEvent::Kind::kContainerOom;
  oom.container_id = id;
  sent_.Send(oom);
  RunReady(io_);
  EXPECT_EQ(Main("u1").reason, "OOMKilled");
  EXPECT_THAT(changed_, Contains("u1"));
  runtime_.ExitContainer(id, 137, "Error");
  clock_.Advance(seconds(1));
  EXPECT_EQ(Main("u1").reason, "OOMKilled");
}

TEST_F(RuntimeViewTest, AReconnectListsAnew) {
  const std::string id = StartContainer(RunSandbox("u1"), "u1");
  StartView(/*own_events=*/true);
  runtime_.ExitContainer(id, 1);  // no event reached us
  RunReady(io_);
  ASSERT_EQ(Main("u1").state, ContainerState::kRunning);
  sent_.Send(cri::RuntimeEvent{});  // kConnected
  RunReady(io_);
  EXPECT_EQ(Main("u1").state, ContainerState::kExited);
}

TEST_F(RuntimeViewTest, TheSlowListRepairsWhatNoEventTold) {
  const std::string id = StartContainer(RunSandbox("u1"), "u1");
  StartView(/*own_events=*/true);
  runtime_.ExitContainer(id, 1);
  clock_.Advance(kSlowList);
  EXPECT_EQ(Main("u1").state, ContainerState::kExited);
}

TEST_F(RuntimeViewTest, APodThatVanishedIsForgottenAndReported) {
  const std::string sandbox = RunSandbox("u1");
  StartView(/*own_events=*/true);
  ASSERT_TRUE(RunTask(io_, runtime_.RemoveSandbox(sandbox)).ok());
  changed_.clear();
  clock_.Advance(kSlowList);
  EXPECT_THAT(view_->AllUids(), IsEmpty());
  EXPECT_THAT(changed_, ElementsAre("u1"));
}

TEST_F(RuntimeViewTest, PodsAreFoundByNameWhileAnythingOfThemIsThere) {
  const std::string first = RunSandbox("u1");
  RunSandbox("u2");
  StartView(/*own_events=*/true);
  EXPECT_THAT(view_->UidsNamed("default", "pod-u1"), ElementsAre("u1"));
  EXPECT_THAT(view_->UidsNamed("other", "pod-u1"), IsEmpty());
  EXPECT_THAT(view_->UidsNamed("default", "pod-u3"), IsEmpty());
  // a namesake, and then only that one
  cri::SandboxConfig namesake = SandboxConfig("u3", "node-a");
  namesake.name = "pod-u1";
  namesake.labels[observe::kPodNameLabel] = "pod-u1";
  ASSERT_TRUE(RunTask(io_, runtime_.RunSandbox(namesake)).ok());
  Refresh("u3");
  EXPECT_THAT(view_->UidsNamed("default", "pod-u1"), ElementsAre("u1", "u3"));
  ASSERT_TRUE(RunTask(io_, runtime_.RemoveSandbox(first)).ok());
  Refresh("u1");
  EXPECT_THAT(view_->UidsNamed("default", "pod-u1"), ElementsAre("u3"));
}

TEST_F(RuntimeViewTest, AnUnchangedListIsNoNews) {
  StartContainer(RunSandbox("u1"), "u1");
  StartView();
  changed_.clear();
  clock_.Advance(kSlowList);
  clock_.Advance(kSlowList);
  EXPECT_THAT(changed_, IsEmpty());
}

TEST_F(RuntimeViewTest, AnUnreachableRuntimeIsSaidSoAndTriedAgain) {
  RunSandbox("u1");
  runtime_.SetReachable(false);
  StartView();
  clock_.Advance(seconds(3));
  EXPECT_FALSE(view_->Synced());
  EXPECT_FALSE(view_->Connected());
  EXPECT_FALSE(RunTask(io_, view_->Refresh("u1")).ok());
  runtime_.SetReachable(true);
  clock_.Advance(milliseconds(200));
  EXPECT_TRUE(view_->Synced());
  EXPECT_TRUE(view_->Connected());
  EXPECT_THAT(view_->AllUids(), ElementsAre("u1"));
}

TEST_F(RuntimeViewTest, AListThatIsOlderThanALookLoses) {
  StartView(/*own_events=*/true);
  // given a list that has read the sandboxes and takes its time with the containers
  runtime_.Delay(FakeRuntime::Call::kListContainers, seconds(2));
  sent_.Send(cri::RuntimeEvent{});
  RunReady(io_);
  runtime_.Delay(FakeRuntime::Call::kListContainers, Duration(0));
  // when a pod is started and looked at meanwhile
  RunSandbox("u1");
  Refresh("u1");
  clock_.Advance(seconds(2));
  // then the list, which does not know it, does not make it vanish
  EXPECT_EQ(view_->Get("u1").sandboxes.size(), 1U);
}

TEST_F(RuntimeViewTest, TheNewestComesFirst) {
  const std::string sandbox = RunSandbox("u1");
  const std::string first = StartContainer(sandbox, "u1", "one");
  clock_.Advance(seconds(1));
  const std::string second = StartContainer(sandbox, "u1", "two");
  StartView();
  ASSERT_EQ(view_->Get("u1").containers.size(), 2U);
  EXPECT_EQ(view_->Get("u1").containers[0].id, second);
  EXPECT_EQ(view_->Get("u1").containers[1].id, first);
}

TEST_F(RuntimeViewTest, ImagesThatComeAreReported) {
  StartView();
  images_.clear();
  runtime_.AddImage("b:1");
  RunReady(io_);
  EXPECT_THAT(images_, ElementsAre("b:1"));
}

TEST_F(RuntimeViewTest, WaitSyncedEndsWithTheFirstList) {
  StartView();
  RunTask(io_, view_->WaitSynced());
  EXPECT_TRUE(view_->Synced());
}

TEST_F(RuntimeViewTest, AnyNumberMayWaitForTheFirstList) {
  RuntimeView view(io_.get_executor(), clock_, runtime_, runtime_.events(), "node-a");
  int synced = 0;
  const auto wait = [](RuntimeView& waited, int& count) -> Task<void> {
    co_await waited.WaitSynced();
    ++count;
  };
  for (int i = 0; i < 3; ++i) Spawn(io_.get_executor(), "wait", wait(view, synced));
  RunReady(io_);
  EXPECT_EQ(synced, 0);
  Spawn(io_.get_executor(), "view", view.Run());
  RunReady(io_);
  EXPECT_EQ(synced, 3);
}

TEST_F(RuntimeViewTest, CompleteListsAreCounted) {
  runtime_.Delay(FakeRuntime::Call::kListSandboxes, milliseconds(30));
  StartView();
  clock_.Advance(seconds(1));
  const uint64_t first = view_->relists().took.count();
  EXPECT_GE(first, 1U);
  EXPECT_EQ(view_->relists().took.counts()[3], first) << "up to 50 ms each";
  const WallTime seen = view_->relists().last;
  EXPECT_GT(seen, WallTime());
  clock_.Advance(kSlowList);
  EXPECT_EQ(view_->relists().took.count(), first + 1);
  EXPECT_EQ(view_->relists().interval.count(), first);
  EXPECT_GT(view_->relists().last, seen);
}

}  // namespace
}  // namespace ordinal::observe

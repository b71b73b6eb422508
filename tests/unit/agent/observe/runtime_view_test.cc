#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/agent/observe/runtime_view_fixture.h"

namespace ordinal::observe {
namespace {

using cri::ContainerState;
using fakes::FakeRuntime;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

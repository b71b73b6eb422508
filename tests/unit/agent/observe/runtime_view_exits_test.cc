#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/agent/observe/runtime_view_fixture.h"

namespace ordinal::observe {
namespace {

using cri::ContainerState;
using cri::SandboxState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;

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

TEST_F(RuntimeViewTest, OutOfMemoryIsKeptWhereTheRecordsAreWaitedFor) {
  log_policy_ = "FallbackToLogsOnError";
  const std::string id = StartContainer(RunSandbox("u1"), "u1");
  StartView(/*own_events=*/true);
  view_->NoteOom(id);
  SendExit(id, 137);
  runtime_.ExitContainer(id, 137, "Error");  // on cgroup v1 the runtime may miss it
  clock_.Advance(milliseconds(6));
  EXPECT_EQ(Main("u1").reason, "OOMKilled");
}

TEST_F(RuntimeViewTest, AnEarlyEndThatSpeaksThroughItsLogIsSeenToo) {
  log_policy_ = "FallbackToLogsOnError";
  StartView(/*own_events=*/true);
  const std::string id = StartContainer(RunSandbox("u1"), "u1");
  SendExit(id, 3);  // nobody knows it yet, and the runtime still says "running"
  EXPECT_EQ(Refresh("u1").containers.at(0).state, ContainerState::kRunning);
  runtime_.ExitContainer(id, 3, "Error");
  clock_.Advance(milliseconds(6));
  EXPECT_EQ(Main("u1").state, ContainerState::kExited);
  EXPECT_EQ(Main("u1").exit_code, 3);
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

}  // namespace
}  // namespace ordinal::observe

// The fixture of the tests of RuntimeView: a fake runtime, and events of the test's own.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/observe/runtime_view.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"

namespace ordinal::observe {

inline constexpr Duration kSlowList = std::chrono::seconds(61);

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
  fakes::FakeRuntime runtime_{clock_, io_.get_executor()};
  fakes::FakeEvents sent_{io_.get_executor()};
  std::unique_ptr<RuntimeView> view_;
  std::vector<std::string> changed_, images_;
  std::string log_policy_;  ///< terminationMessagePolicy of containers; empty: none is told

  void SetUp() override { runtime_.AddImage("a:1"); }
};

}  // namespace ordinal::observe

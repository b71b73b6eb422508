// StepTest: one step by itself, on a fake runtime: what it asks of the runtime, what it leaves for the next one, what
// it says and remembers when it fails.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/objects/local/local_objects.h"
#include "agent/podsync/steps/context.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_checks.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_pod_volumes.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"
#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {

class StepTest : public ::testing::Test {
 protected:
  /// What a list of the fake runtime says now.
  class States final : public observe::PodStates {
   public:
    const observe::PodState& Get(const std::string&) const override { return state; }
    Task<Result<observe::PodState>> Refresh(std::string) override { co_return state; }
    std::vector<std::string> AllUids() const override { return {}; }
    std::vector<std::string> UidsNamed(const std::string&, const std::string&) const override { return {}; }
    bool Synced() const override { return true; }
    Task<void> WaitSynced() override { co_return; }
    observe::PodState state;
  };
  class Reports final : public status::PodReports {
   public:
    void Set(const api::ObjectKey&, const std::string&, const api::PodStatus&) override {}
    Task<void> End(api::ObjectKey, std::string) override { co_return; }
  };

  class Recorder final : public events::Recorder {
   public:
    explicit Recorder(std::vector<std::string>& said) : said_(said) {}
    void Record(const events::Event& event) override {
      said_.push_back(
          fmt::format("{} {} {} {}", event.container, ToString(event.severity), event.reason, event.message));
    }

   private:
    std::vector<std::string>& said_;
  };

  StepTest() { runtime_.AddImage("busybox:1.35"); }

  /// A context for this pod, beside what `held` says of the runtime.
  StepContext& For(Json spec, const Held& held = Held()) {
    if (!spec.contains("terminationGracePeriodSeconds")) spec["terminationGracePeriodSeconds"] = 30;
    pod_ = std::make_shared<api::Pod>(PodWith(std::move(spec)));
    states_.state = held.state();
    seen_ = See(services_, *pod_);
    context_ =
        std::make_unique<StepContext>(ContextOf(services_, pod_, seen_, memory_, endings_, [this] { ++arrived_; }));
    return *context_;
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  fakes::FakeRuntime runtime_{clock_, io_.get_executor()};
  fakes::FakePodVolumes volumes_;
  fakes::ScratchDirectory directory_;
  const Layout layout_{
      {directory_ / "state", directory_ / "volumes", directory_ / "run", directory_ / "logs", directory_ / "links"}};
  Images images_{io_.get_executor(), clock_, runtime_, Images::Tarballs()};
  BlockingPool pool_{1};
  States states_;
  store::MemoryStore objects_;
  references::References references_{objects_, clock_, io_.get_executor()};
  SeededRandom random_{1};
  objects::LocalObjects client_{objects_, clock_, random_};
  references::AccountTokens tokens_{client_, clock_, random_, io_.get_executor()};
  Reports reports_;
  std::vector<std::string> said_;
  Recorder recorder_{said_};
  fakes::FakeChecks checks_{clock_};
  probes::Prober prober_{{io_.get_executor(), clock_, pool_, layout_, checks_, recorder_}};
  Services services_{io_.get_executor(),
                     clock_,
                     runtime_,
                     states_,
                     volumes_,
                     layout_,
                     images_,
                     pool_,
                     Node(),
                     {[](const std::string&, const std::string&) { return api::Ref<api::PersistentVolumeClaim>(); },
                      [](const std::string&) { return api::Ref<api::PersistentVolume>(); }},
                     references_,
                     tokens_,
                     checks_,
                     prober_,
                     reports_,
                     recorder_};
  Memory memory_;
  std::shared_ptr<Endings> endings_ = std::make_shared<Endings>(services_);
  PodSeen seen_;
  int arrived_ = 0;
  std::shared_ptr<api::Pod> pod_;
  std::unique_ptr<StepContext> context_;

 private:
  NodeFacts Node() const {
    NodeFacts node;
    node.node_name = "node-a";
    node.host_ips = {"192.0.2.1"};
    node.cgroup_root = directory_ / "cgroup";
    node.pod_pids_limit = 64;
    return node;
  }
};

}  // namespace ordinal::podsync

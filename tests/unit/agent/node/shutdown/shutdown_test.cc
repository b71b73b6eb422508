// A shutdown of the host with the clock in hand: who is told to end, when, and how long it is waited for.
#include "agent/node/shutdown/shutdown.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "agent/base/loops.h"
#include "agent/node/pressure/ranking.h"
#include "agent/objects/caches.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/unit/agent/node/pressure/pods.h"
#include "tests/unit/agent/node/pressure/states.h"

namespace ordinal::node {
namespace {

using api::Json;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ShutdownTest : public ::testing::Test, public events::Recorder {
 protected:
  void Record(const events::Event& event) override { events_.push_back(event.reason); }

  void Start(const ShutdownFlags& flags) {
    Shutdown::Sources sources;
    sources.tell = [this]() -> Task<void> {
      ++told_;
      if (store_hangs_) co_await Sleep(clock_, std::chrono::hours(1));
    };
    sources.end = [this](const std::string& uid, std::chrono::seconds grace) {
      if (std::exchange(end_throws_, false)) throw std::runtime_error("nobody expected it");
      ended_.push_back(fmt::format("{} {}s", uid.substr(4), grace.count()));
    };
    sources.go_on = [this] { ++went_on_; };
    shutdown_ = std::make_unique<Shutdown>(
        Shutdown::Parts{io_.get_executor(), clock_, states_, caches_.Of<api::Pod>(), *this, "node-a"},
        std::move(sources), *ParseShutdownPolicy(flags));
    caches_.Start(io_.get_executor());
    RunReady(io_);
  }
  void Begin() {
    shutdown_->Signalled();
    SpawnLoop(io_.get_executor(), clock_, "shutdown", [this] { return Wait(); });
    RunReady(io_);
  }
  Task<void> Wait() {
    co_await shutdown_->EndPods();
    over_ = true;
  }
  void Run(Json pod) {
    states_.Set(pod["metadata"]["uid"], cri::ContainerState::kRunning);
    ASSERT_TRUE(RunTask(io_, store_.Create(api::Object(std::move(pod)))).ok());
  }
  void Ends(const std::string& name) {
    states_.Set("uid-" + name, cri::ContainerState::kExited);
    shutdown_->PodChanged();
    RunReady(io_);
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  store::MemoryStore store_;
  objects::Caches caches_{store_, clock_};
  const objects::Cache<api::Pod>& pods_ = caches_.Of<api::Pod>();
  SaidStates states_;
  std::vector<std::string> ended_, events_;
  int told_ = 0, went_on_ = 0;
  bool over_ = false, store_hangs_ = false, end_throws_ = false;
  std::unique_ptr<Shutdown> shutdown_;
};

TEST_F(ShutdownTest, OrdinalsEndInReverseAndCriticalPodsAfterAllOthers) {
  for (int i = 0; i < 3; ++i) Run(OrdinalOf("db", i, {{"terminationGracePeriodSeconds", 30}}));
  Run(PodNamed("critical", {{"priority", kCriticalPriority}, {"terminationGracePeriodSeconds", 30}}));
  Run(PodNamed("elsewhere", {{"nodeName", "node-b"}}));
  Start({"30s", "10s", ""});
  Begin();
  EXPECT_TRUE(shutdown_->under_way());
  EXPECT_EQ(told_, 1);
  EXPECT_THAT(events_, ElementsAre("Shutdown"));
  EXPECT_THAT(ended_, ElementsAre("db-2 6s"));
  clock_.Advance(seconds(2));
  Ends("db-2");
  EXPECT_THAT(ended_, ElementsAre("db-2 6s", "db-1 9s"));
  Ends("db-1");
  Ends("db-0");
  EXPECT_THAT(ended_, ElementsAre("db-2 6s", "db-1 9s", "db-0 18s", "critical 10s"));
  EXPECT_FALSE(over_);
  Ends("critical");
  EXPECT_TRUE(over_);
}

TEST_F(ShutdownTest, WhatDoesNotEndInTimeIsNotWaitedForAndTheRestIsTold) {
  Run(OrdinalOf("db", 0));
  Run(OrdinalOf("db", 1));
  Start({"10s", "0s", ""});
  Begin();
  EXPECT_THAT(ended_, ElementsAre("db-1 5s"));
  clock_.Advance(seconds(9));
  EXPECT_FALSE(over_);
  clock_.Advance(seconds(2));
  EXPECT_TRUE(over_);
  EXPECT_THAT(ended_, ElementsAre("db-1 5s", "db-0 1s"));
}

TEST_F(ShutdownTest, OneThatIsCancelledLetsPodsGoOn) {
  Run(OrdinalOf("db", 0));
  Run(OrdinalOf("db", 1));
  Start({"30s", "10s", ""});
  Begin();
  shutdown_->Cancel();
  RunReady(io_);
  EXPECT_TRUE(over_);
  EXPECT_FALSE(shutdown_->under_way());
  EXPECT_EQ(went_on_, 1);
  EXPECT_EQ(told_, 2);
  clock_.Advance(seconds(60));
  EXPECT_THAT(ended_, ElementsAre("db-1 10s"));
  shutdown_->Cancel();  // nothing to cancel
  EXPECT_EQ(went_on_, 1);
  ended_.clear();
  Begin();
  EXPECT_THAT(ended_, ElementsAre("db-1 10s"));
}

TEST_F(ShutdownTest, OneThatBrokeOffGoesOnInWhatIsLeftOfItsTime) {
  end_throws_ = true;
  Run(PodNamed("a", {{"terminationGracePeriodSeconds", 30}}));
  Start({"30s", "10s", ""});
  Begin();
  EXPECT_THAT(ended_, IsEmpty());
  clock_.Advance(kFirstLoopPause);
  RunReady(io_);
  EXPECT_THAT(ended_, ElementsAre("a 19s"));
  EXPECT_THAT(events_, ElementsAre("Shutdown")) << "that is said once";
  EXPECT_EQ(told_, 1);
}

TEST_F(ShutdownTest, OneThatBrokeOffAndWasCancelledDoesNotBeginAgain) {
  end_throws_ = true;
  Run(PodNamed("a"));
  Start({"30s", "10s", ""});
  Begin();
  shutdown_->Cancel();
  clock_.Advance(kFirstLoopPause);
  RunReady(io_);
  EXPECT_TRUE(over_);
  EXPECT_FALSE(shutdown_->under_way());
  EXPECT_THAT(ended_, IsEmpty());
}

TEST_F(ShutdownTest, AStoreThatHangsTakesNoTimeFromPods) {
  store_hangs_ = true;
  Run(PodNamed("a", {{"terminationGracePeriodSeconds", 30}}));
  Start({"30s", "10s", ""});
  Begin();
  EXPECT_THAT(ended_, ElementsAre("a 20s"));
  Ends("a");
  EXPECT_TRUE(over_);
}

TEST_F(ShutdownTest, WithoutPodsItIsOverAtOnce) {
  Start({"30s", "10s", ""});
  Begin();
  EXPECT_TRUE(over_);
  EXPECT_THAT(ended_, IsEmpty());
}

}  // namespace
}  // namespace ordinal::node

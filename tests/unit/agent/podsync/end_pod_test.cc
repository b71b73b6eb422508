// The end of a pod that no agent has: as the node ends it.
#include "agent/podsync/end_pod.h"

#include <gmock/gmock.h>

#include <csignal>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EndPodTest : public ::testing::Test {
 protected:
  /// The pod runs, and its agent is gone.
  void Leave(Json spec, int64_t grace = 30) {
    spec["terminationGracePeriodSeconds"] = grace;
    spec["os"] = {{"name", "linux"}};
    host_.StartAgent();
    host_.Apply(std::move(spec));
    host_.Settle();
    host_.KillAgent();
    pod_ = std::make_shared<api::Pod>(api::Pod::From(host_.Object()));
    host_.runtime.ClearCalls();
    Spawn(host_.io.get_executor(), "view", view_.Run());
    view_.OnChange([this](const std::string&) { endings_->Look(); });
    host_.Settle();
  }

  void TakeDown() {
    const auto run = [](EndPodTest* test) -> Task<void> {
      const observe::PodState state = test->view_.Get(test->pod_->meta.uid);
      test->outcome_ = co_await EndPod(test->endings_, test->parts_, test->pod_, state);
    };
    Spawn(host_.io.get_executor(), "down", run(this));
    host_.Settle();
  }

  static Json Hook(const std::string& path) { return {{"httpGet", {{"path", path}, {"port", 80}}}}; }
  static Json Hooked(Json lifecycle) {
    Json spec = Spec({}, {"main"});
    spec["containers"][0]["lifecycle"] = std::move(lifecycle);
    return spec;
  }

  class Unheard final : public events::Recorder {
   public:
    void Record(const events::Event& event) override { said.push_back(event.reason); }
    std::vector<std::string> said;
  };

  Host host_;
  fakes::FakeEvents stream_{host_.io.get_executor()};
  observe::RuntimeView view_{host_.io.get_executor(), host_.clock, host_.runtime, stream_, "node-a"};
  Unheard recorder_;
  std::vector<int> signals_;
  bool obeys_ = true;
  SendSignal signal_ = [this](std::string id, int number) -> Task<Status> {
    signals_.push_back(number);
    if (obeys_) {
      host_.runtime.ExitContainer(id, 0);
      cri::RuntimeEvent ended;
      ended.kind = cri::RuntimeEvent::Kind::kContainerExited;
      ended.container_id = id;
      stream_.Send(std::move(ended));
    }
    co_return Status();
  };
  NodeFacts node_;
  EndingParts parts_{
      host_.io.get_executor(), host_.clock, host_.runtime, view_, host_.checks, recorder_, signal_, node_};
  std::shared_ptr<Endings> endings_ = std::make_shared<Endings>(parts_);
  std::shared_ptr<const api::Pod> pod_;
  std::optional<Status> outcome_;
};

TEST_F(EndPodTest, ThePreStopHookComesFirstAndTheSignalGetsWhatIsLeft) {
  std::string asked_at;
  host_.checks.takes = seconds(4);
  host_.checks.answer = [&](const probes::Where& where, const api::Handler&) {
    asked_at = where.ip;
    return probes::Outcome();
  };
  Leave(Hooked({{"preStop", Hook("/end")}}));
  TakeDown();
  host_.Pass(seconds(3));
  EXPECT_THAT(host_.checks.asked, ElementsAre("hook /end"));
  EXPECT_THAT(host_.Stops(), IsEmpty());
  EXPECT_FALSE(outcome_);
  host_.Pass(milliseconds(1100));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 26s"));
  ASSERT_TRUE(outcome_);
  EXPECT_TRUE(outcome_->ok());
  EXPECT_EQ(host_.Running(), "");
  EXPECT_FALSE(asked_at.empty()) << "the hook goes to the pod's address";
}

TEST_F(EndPodTest, AHangingHookLeavesTheProcessTwoSecondsOfTheGrace) {
  host_.checks.takes = hours(1);
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  Leave(Hooked({{"preStop", Hook("/end")}}), 10);
  TakeDown();
  host_.Pass(milliseconds(7900));
  EXPECT_THAT(host_.Stops(), IsEmpty());
  host_.Pass(milliseconds(200));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 2s"));
  host_.Pass(seconds(2));
  EXPECT_TRUE(outcome_);
}

TEST_F(EndPodTest, AStopSignalOfThePodsOwnIsSent) {
  Leave(Hooked({{"stopSignal", "SIGUSR1"}}));
  TakeDown();
  EXPECT_THAT(signals_, ElementsAre(SIGUSR1));
  EXPECT_TRUE(outcome_);
  EXPECT_EQ(host_.Running(), "");
}

TEST_F(EndPodTest, WhoIsDeafToItIsKilledWhenTheGraceIsOver) {
  obeys_ = false;
  Leave(Hooked({{"stopSignal", "SIGUSR1"}}), 5);
  TakeDown();
  host_.Pass(milliseconds(4900));
  EXPECT_THAT(host_.Stops(), IsEmpty());
  host_.Pass(milliseconds(200));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 0s"));
  EXPECT_TRUE(outcome_);
}

TEST_F(EndPodTest, SidecarsEndAfterTheOthersTheLastOneFirstInOneGrace) {
  host_.runtime.Script("main", {.stop_takes = seconds(9)});
  host_.runtime.Script("late", {.stop_takes = seconds(5)});
  Leave(Spec({"early*", "late*"}, {"main", "other"}), 10);
  TakeDown();
  EXPECT_THAT(host_.Stops(), ::testing::UnorderedElementsAre("StopContainer main 10s", "StopContainer other 10s"));
  host_.runtime.ClearCalls();
  host_.Pass(milliseconds(9100));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer late 2s")) << "two seconds, although one is left";
  host_.Pass(milliseconds(2100));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer late 2s", "StopContainer early 2s"));
  ASSERT_TRUE(outcome_);
  EXPECT_EQ(host_.Running(), "");
}

TEST_F(EndPodTest, AClockThatIsSetMeanwhileChangesNobodysGrace) {
  // given three that end one after another, and a clock that is set while the first and the second do
  for (const char* name : {"main", "late"}) host_.runtime.Script(name, {.stop_takes = seconds(4)});
  Leave(Spec({"early*", "late*"}, {"main"}), 20);
  TakeDown();
  host_.Pass(seconds(1));
  host_.runtime.ClearCalls();
  host_.clock.Set(hours(1));
  host_.Pass(milliseconds(3100));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer late 16s"));
  host_.clock.Set(-hours(2));
  host_.Pass(seconds(4));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer late 16s", "StopContainer early 12s"));
}

TEST_F(EndPodTest, OneThatWasBeingDeletedHasWhatIsLeftOfThatGrace) {
  host_.checks.takes = hours(1);
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  Leave(Hooked({{"preStop", Hook("/end")}}), 300);
  host_.Delete(20);
  pod_ = std::make_shared<api::Pod>(api::Pod::From(host_.Object()));
  host_.Pass(seconds(15));
  EXPECT_EQ(GraceAtDown(*pod_, host_.clock.Now()), seconds(5));
  TakeDown();
  host_.Pass(milliseconds(5100));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 2s"));
  EXPECT_TRUE(outcome_);
}

TEST_F(EndPodTest, ADeletionWhoseTimeRanOutWithNobodyThereHasItAnew) {
  host_.checks.takes = seconds(1);
  Leave(Hooked({{"preStop", Hook("/end")}}), 300);
  host_.Delete(20);
  pod_ = std::make_shared<api::Pod>(api::Pod::From(host_.Object()));
  host_.Pass(seconds(120), seconds(5));
  TakeDown();
  host_.Pass(milliseconds(1100));
  EXPECT_THAT(host_.checks.asked, ElementsAre("hook /end"));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 19s"));
}

TEST_F(EndPodTest, ADeletionGivesTwoSecondsAtLeastAndNeverMoreThanItsGrace) {
  Leave(Spec({}, {"main"}), 300);
  host_.Delete(20);
  api::Pod pod = api::Pod::From(host_.Object());
  const WallTime deleted = *pod.meta.deleted;
  EXPECT_EQ(GraceAtDown(pod, deleted - seconds(20)), seconds(20));
  EXPECT_EQ(GraceAtDown(pod, deleted - hours(1)), seconds(20)) << "the clock was put back";
  EXPECT_EQ(GraceAtDown(pod, deleted - seconds(1)), seconds(2));
  EXPECT_EQ(GraceAtDown(pod, deleted), seconds(20));
  pod.meta.deletion_grace_seconds = 1;
  EXPECT_EQ(GraceAtDown(pod, deleted - milliseconds(500)), seconds(1));
  pod.meta.deletion_grace_seconds = 0;
  EXPECT_EQ(GraceAtDown(pod, deleted + hours(1)), seconds(0)) << "by force";
}

TEST_F(EndPodTest, AnExceptionIsAnEndThatFailedAndItIsTriedAgain) {
  Leave(Spec({}, {"main"}));
  host_.runtime.ThrowNext(fakes::FakeRuntime::Call::kStopContainer);
  TakeDown();
  ASSERT_TRUE(outcome_);
  EXPECT_FALSE(outcome_->ok());
  TakeDown();
  EXPECT_TRUE(outcome_->ok());
}

TEST_F(EndPodTest, WhatCannotBeEndedIsSaidAndItsHookIsNotRunAgain) {
  Leave(Hooked({{"preStop", Hook("/end")}}));
  host_.runtime.FailNext(fakes::FakeRuntime::Call::kStopContainer, MakeError(ErrorCode::kUnavailable, "away"));
  TakeDown();
  ASSERT_TRUE(outcome_);
  EXPECT_EQ(outcome_->error().message, "away");
  TakeDown();
  EXPECT_TRUE(outcome_->ok());
  EXPECT_THAT(host_.checks.asked, ElementsAre("hook /end"));
}

}  // namespace
}  // namespace ordinal::podsync

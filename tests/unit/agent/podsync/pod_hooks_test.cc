// Lifecycle hooks: beside the start, before the end, and what they share of the grace.
#include <gmock/gmock.h>

#include <csignal>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using fakes::Fails;
using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class PodHooks : public ::testing::Test {
 protected:
  static Json Hook(const std::string& path) { return {{"httpGet", {{"path", path}, {"port", 80}}}}; }
  static Json Hooked(Json lifecycle, int64_t grace = 30) {
    Json spec = Spec({}, {"main"});
    spec["containers"][0]["lifecycle"] = std::move(lifecycle);
    spec["terminationGracePeriodSeconds"] = grace;
    return spec;
  }
  Json State() { return host_.StatusOf()["containerStatuses"][0]["state"]; }

  Host host_;
};

TEST_F(PodHooks, AContainerIsShownAsRunningWhenItsPostStartHookHasEnded) {
  host_.checks.takes = seconds(5);
  host_.StartAgent();
  host_.Apply(Hooked({{"postStart", Hook("/begin")}}));
  host_.Pass(seconds(4));
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_EQ(State()["waiting"]["reason"], "ContainerCreating");
  EXPECT_EQ(host_.Phase(), "Pending");
  host_.Pass(seconds(2));
  EXPECT_TRUE(State().contains("running"));
  EXPECT_EQ(host_.Phase(), "Running");
  EXPECT_THAT(host_.checks.asked, ElementsAre("hook /begin"));
}

TEST_F(PodHooks, AFailedPostStartHookEndsTheContainerWhichStartsAgain) {
  host_.checks.answer = [](const probes::Where&, const api::Handler&) { return Fails("no"); };
  host_.StartAgent();
  host_.Apply(Hooked({{"postStart", Hook("/begin")}}));
  host_.Pass(milliseconds(500));
  EXPECT_THAT(host_.events, Contains("Warning FailedPostStartHook PostStartHook failed"));
  EXPECT_THAT(host_.events, Contains("Normal Killing FailedPostStartHook"));
  EXPECT_EQ(host_.StatusOf()["containerStatuses"][0]["restartCount"], 1);
  EXPECT_EQ(State()["waiting"]["reason"], "CrashLoopBackOff");
}

TEST_F(PodHooks, APodIsDeletedWhileItsPostStartHookHangs) {
  host_.checks.takes = hours(10);
  host_.StartAgent();
  host_.Apply(Hooked({{"postStart", Hook("/begin")}}));
  host_.Pass(seconds(3));
  host_.Delete();
  host_.Pass(seconds(4));
  EXPECT_TRUE(host_.Object().empty());
  EXPECT_THAT(host_.runtime.containers(), IsEmpty());
}

TEST_F(PodHooks, PreStopComesBeforeTheStopSignalWhichGetsWhatIsLeft) {
  host_.checks.takes = seconds(4);
  host_.StartAgent();
  host_.Apply(Hooked({{"preStop", Hook("/end")}}));
  host_.Settle();
  host_.Delete();
  host_.Pass(seconds(3));
  EXPECT_THAT(host_.Stops(), IsEmpty());
  host_.Pass(seconds(2));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 26s"));
  EXPECT_TRUE(host_.Object().empty());
  EXPECT_THAT(host_.checks.asked, ElementsAre("hook /end"));
}

TEST_F(PodHooks, AHangingPreStopHookLeavesTheProcessTwoSecondsOfTheGrace) {
  host_.checks.takes = hours(1);
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  host_.StartAgent();
  host_.Apply(Hooked({{"preStop", Hook("/end")}}, 10));
  host_.Settle();
  host_.Delete();
  host_.Pass(milliseconds(7900));
  EXPECT_THAT(host_.Stops(), IsEmpty());
  host_.Pass(milliseconds(200));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 2s"));
  EXPECT_THAT(host_.events, Contains("Warning FailedPreStopHook PreStopHook failed"));
  host_.Pass(seconds(2));
  EXPECT_TRUE(host_.Object().empty());
}

TEST_F(PodHooks, AShorterGraceCountsInAHangingHookAtOnce) {
  host_.checks.takes = hours(1);
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  host_.StartAgent();
  host_.Apply(Hooked({{"preStop", Hook("/end")}}, 300));
  host_.Settle();
  host_.Delete();
  host_.Pass(seconds(5));
  host_.Delete(5);
  host_.Pass(milliseconds(5200));
  EXPECT_TRUE(host_.Object().empty());
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 2s"));
}

TEST_F(PodHooks, AForcedEndCountsInAHookThatHangs) {
  host_.checks.takes = hours(1);
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  host_.StartAgent();
  host_.Apply(Hooked({{"preStop", Hook("/end")}}, 60));
  host_.Settle();
  host_.Delete();
  host_.Pass(seconds(5));
  host_.Delete(0);
  host_.Pass(milliseconds(2500));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 2s"));
  EXPECT_EQ(host_.Running(), "");
}

TEST_F(PodHooks, AForcedEndGivesTheHookOneSecondAndTheProcessTwo) {
  host_.checks.takes = hours(1);
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  host_.StartAgent();
  host_.Apply(Hooked({{"preStop", Hook("/end")}}));
  host_.Settle();
  host_.Delete(0);
  EXPECT_TRUE(host_.Object().empty());
  host_.Pass(milliseconds(900));
  EXPECT_THAT(host_.Stops(), IsEmpty());
  host_.Pass(milliseconds(200));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 2s"));
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Running(), "");
}

TEST_F(PodHooks, TheHookIsRunOnceAlsoWhenARestartBecomesAnEnd) {
  host_.checks.takes = seconds(4);
  host_.StartAgent();
  Json spec = Hooked({{"preStop", Hook("/end")}});
  spec["containers"][0]["livenessProbe"] = {{"periodSeconds", 1}, {"failureThreshold", 1}};
  spec["containers"][0]["livenessProbe"]["exec"]["command"] = {"alive"};
  host_.checks.answer = [](const probes::Where&, const api::Handler& what) {
    return what.command.empty() ? probes::Outcome() : Fails("no");
  };
  host_.Apply(std::move(spec));
  host_.Pass(seconds(3));
  ASSERT_THAT(host_.checks.asked, Contains("hook /end"));
  host_.Delete();
  host_.Pass(seconds(5));
  EXPECT_TRUE(host_.Object().empty());
  EXPECT_EQ(std::count(host_.checks.asked.begin(), host_.checks.asked.end(), "hook /end"), 1);
}

TEST_F(PodHooks, ATerminationGoesOnInItsTimeWithTheNextAgent) {
  host_.checks.takes = hours(1);
  host_.runtime.Script("main", {.stop_takes = hours(1)});
  host_.StartAgent();
  host_.Apply(Hooked({{"preStop", Hook("/end")}}, 20));
  host_.Settle();
  host_.Delete();
  host_.Pass(seconds(6));
  host_.KillAgent();
  host_.StartAgent();
  host_.Pass(milliseconds(13500));
  EXPECT_FALSE(host_.Object().empty());
  host_.Pass(seconds(1));
  EXPECT_TRUE(host_.Object().empty());
}

TEST_F(PodHooks, SleepWaitsAndZeroDoesNot) {
  host_.StartAgent();
  host_.Apply(Hooked({{"preStop", {{"sleep", {{"seconds", 3}}}}}, {"postStart", {{"sleep", {{"seconds", 0}}}}}}));
  host_.Settle();
  ASSERT_EQ(host_.Phase(), "Running");
  host_.Delete();
  host_.Pass(milliseconds(2900));
  EXPECT_THAT(host_.Stops(), IsEmpty());
  host_.Pass(milliseconds(300));
  EXPECT_THAT(host_.Stops(), Not(IsEmpty()));
}

class StopSignal : public PodHooks {
 protected:
  void Start(int64_t grace, Json lifecycle = Json::object()) {
    lifecycle["stopSignal"] = "SIGUSR1";
    Json spec = Hooked(std::move(lifecycle), grace);
    spec["os"] = {{"name", "linux"}};
    host_.StartAgent();
    host_.Apply(std::move(spec));
    host_.Settle();
    host_.Delete();
  }
};

TEST_F(StopSignal, IsSentInPlaceOfTheRuntimes) {
  host_.on_signal = [this](const std::string& id) { host_.runtime.ExitContainer(id, 0); };
  Start(30);
  host_.Pass(seconds(1));
  EXPECT_THAT(host_.signals, ElementsAre(SIGUSR1));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 0s")) << "it has ended: nothing is left to kill";
  EXPECT_TRUE(host_.Object().empty());
}

TEST_F(StopSignal, WhoIsDeafToItIsKilledWhenTheGraceIsOver) {
  host_.on_signal = [](const std::string&) {};
  Start(10);
  host_.Pass(milliseconds(9900));
  EXPECT_THAT(host_.Stops(), IsEmpty());
  host_.Pass(milliseconds(200));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 0s"));
  EXPECT_TRUE(host_.Object().empty());
  EXPECT_THAT(host_.signals, ElementsAre(SIGUSR1)) << "once";
}

TEST_F(StopSignal, AShorterGraceCountsAtOnce) {
  host_.on_signal = [](const std::string&) {};
  Start(300);
  host_.Pass(seconds(1));
  host_.Delete(3);  // from the first deletion on, as in the reference
  host_.Pass(milliseconds(1900));
  EXPECT_THAT(host_.Stops(), IsEmpty());
  host_.Pass(milliseconds(200));
  EXPECT_TRUE(host_.Object().empty());
}

TEST_F(StopSignal, ComesAfterTheHookAndHasTwoSecondsAtLeast) {
  host_.checks.takes = hours(1);
  host_.on_signal = [](const std::string&) {};
  Start(10, {{"preStop", Hook("/end")}});
  host_.Pass(milliseconds(7900));
  EXPECT_THAT(host_.signals, IsEmpty());
  host_.Pass(milliseconds(200));
  EXPECT_THAT(host_.signals, ElementsAre(SIGUSR1));
  host_.Pass(milliseconds(1800));
  EXPECT_THAT(host_.Stops(), IsEmpty());
  host_.Pass(milliseconds(300));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 0s"));
  EXPECT_TRUE(host_.Object().empty());
}

TEST_F(StopSignal, WhereNobodyCanSendItTheRuntimesIsSent) {
  Start(30);
  host_.Pass(seconds(1));
  EXPECT_THAT(host_.Stops(), ElementsAre("StopContainer main 30s"));
  EXPECT_TRUE(host_.Object().empty());
}

}  // namespace
}  // namespace ordinal::podsync

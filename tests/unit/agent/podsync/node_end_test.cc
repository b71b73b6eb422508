// Pods that their node ends: evicted ones are over, those of a shutdown run again.
#include <gmock/gmock.h>

#include "agent/api/read.h"
#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

NodeEnd Evicted() { return {"Evicted", "The node was low on resource: memory. ", 1, false}; }
NodeEnd Rest() { return {"Terminated", "Pod was terminated in response to imminent node shutdown.", 5, true}; }

Json ConditionOf(Host& host, const std::string& type) {
  const Json status = host.StatusOf();
  for (const Json& each : api::Items(status, "conditions")) {
    if (each["type"] == type) return each;
  }
  return Json();
}

class NodeEnds : public ::testing::Test {
 protected:
  void Start(Json spec) {
    host_.StartAgent();
    host_.Apply(std::move(spec));
    host_.Settle();
    ASSERT_EQ(host_.Running(), "main#0");
  }
  std::string Uid() { return host_.Object().uid(); }

  Host host_;
};

TEST_F(NodeEnds, AnEvictedPodFailsWithItsReasonAndDoesNotComeBack) {
  Start(Spec({}, {"main"}));
  host_.EndByNode(Uid(), Evicted());
  host_.Pass(seconds(10));
  EXPECT_EQ(host_.Running(), "");
  EXPECT_EQ(host_.Phase(), "Failed");
  const Json status = host_.StatusOf();
  EXPECT_EQ(status["reason"], "Evicted");
  EXPECT_EQ(status["message"], "The node was low on resource: memory. ");
  EXPECT_EQ(ConditionOf(host_, "DisruptionTarget")["status"], "True");
  EXPECT_EQ(ConditionOf(host_, "DisruptionTarget")["reason"], "TerminationByKubelet");
  EXPECT_EQ(ConditionOf(host_, "Ready")["status"], "False");
  EXPECT_THAT(host_.Stops(), ElementsAre(HasSubstr("main 1s")));
  EXPECT_THAT(host_.pod_volumes.ready(), IsEmpty()) << "what it took of the disk is free";
  host_.KillAgent();
  host_.StartAgent();
  host_.Pass(seconds(60), seconds(1));
  EXPECT_EQ(host_.Phase(), "Failed");
  EXPECT_EQ(ConditionOf(host_, "DisruptionTarget")["status"], "True");
  EXPECT_EQ(host_.Count("RunSandbox"), 1U);
}

TEST_F(NodeEnds, ItIsShownAsFailedOnlyWhenItHasEnded) {
  fakes::FakeRuntime::Behaviour slow;
  slow.stop_takes = seconds(3);
  host_.runtime.Script("main", slow);
  Start(Spec({}, {"main"}));
  NodeEnd end = Evicted();
  end.grace_seconds = 10;
  host_.EndByNode(Uid(), end);
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Phase(), "Running");
  host_.Pass(seconds(3));
  EXPECT_EQ(host_.Phase(), "Failed");
}

TEST_F(NodeEnds, APodThatRestsStaysAndRunsAgainWhenTheNodeSaysSo) {
  Start(Spec({}, {"main"}));
  const std::string uid = Uid();
  host_.EndByNode(uid, Rest());
  host_.Pass(seconds(30), seconds(1));
  EXPECT_EQ(host_.Running(), "");
  EXPECT_THAT(host_.pod_volumes.ready(), ElementsAre(uid));
  EXPECT_EQ(host_.Phase(), "Running");
  Json status = host_.StatusOf();
  EXPECT_EQ(status["reason"], "Terminated");
  EXPECT_EQ(status["message"], Rest().message);
  EXPECT_TRUE(status["containerStatuses"][0]["state"].contains("terminated"));
  EXPECT_EQ(ConditionOf(host_, "DisruptionTarget")["status"], "True");
  EXPECT_EQ(ConditionOf(host_, "Ready")["status"], "False");
  host_.GoOn();
  host_.Pass(seconds(5));
  EXPECT_EQ(host_.Running(), "main#1");
  EXPECT_EQ(Uid(), uid);
  status = host_.StatusOf();
  EXPECT_FALSE(status.contains("reason"));
  EXPECT_EQ(ConditionOf(host_, "DisruptionTarget")["status"], "False");
  EXPECT_EQ(ConditionOf(host_, "Ready")["status"], "True");
}

TEST_F(NodeEnds, APodThatRestsRunsAgainWithTheNextAgent) {
  Start(Spec({}, {"main"}));
  const std::string uid = Uid();
  host_.EndByNode(uid, Rest());
  host_.Pass(seconds(5));
  ASSERT_EQ(host_.Running(), "");
  host_.KillAgent();
  host_.StartAgent();
  host_.Pass(seconds(5));
  EXPECT_EQ(host_.Running(), "main#1");
  EXPECT_EQ(Uid(), uid);
  EXPECT_FALSE(host_.StatusOf().contains("reason"));
  EXPECT_EQ(ConditionOf(host_, "DisruptionTarget")["status"], "False");
}

TEST_F(NodeEnds, APodThatRunsOnceDoesNotRest) {
  Start(Spec({}, {"main"}, "OnFailure"));
  host_.EndByNode(Uid(), Rest());
  host_.Pass(seconds(10));
  EXPECT_EQ(host_.Phase(), "Failed");
  EXPECT_EQ(host_.StatusOf()["reason"], "Terminated");
}

TEST_F(NodeEnds, OneThatIsBeingDeletedOrIsOverStaysSo) {
  Start(Spec({}, {"main"}));
  const std::string uid = Uid();
  host_.Delete(30);
  host_.EndByNode(uid, Evicted());
  host_.Pass(seconds(40), seconds(1));
  EXPECT_TRUE(host_.Object().empty());
  host_.EndByNode(uid, Evicted());  // nobody is there
  host_.Settle();
}

TEST_F(NodeEnds, NothingIsStartedAnyMoreOfAPodThatIsEndedWhileItIsMade) {
  host_.runtime.Delay(fakes::FakeRuntime::Call::kRunSandbox, seconds(2));
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Pass(seconds(1));
  host_.EndByNode(Uid(), Rest());
  host_.Pass(seconds(10));
  EXPECT_EQ(host_.Count("StartContainer"), 0U);
  EXPECT_EQ(host_.Phase(), "Pending");
}

TEST_F(NodeEnds, WhatRunsIsToldAtOnceWhileAnotherIsStarted) {
  host_.runtime.Delay(fakes::FakeRuntime::Call::kStartContainer, seconds(4));
  host_.StartAgent();
  host_.Apply(Spec({}, {"a", "b"}));
  host_.Pass(seconds(5));
  ASSERT_EQ(host_.Running(), "a#0");
  host_.EndByNode(Uid(), Evicted());
  host_.Pass(seconds(1));
  EXPECT_THAT(host_.Stops(), Contains(HasSubstr("a 1s")));
  EXPECT_NE(host_.Phase(), "Failed") << "it is not over yet";
  host_.Pass(seconds(20));
  EXPECT_EQ(host_.Running(), "");
  EXPECT_EQ(host_.Phase(), "Failed");
}

TEST_F(NodeEnds, WhatIsBeingMadeForLongIsGivenUp) {
  host_.runtime.Delay(fakes::FakeRuntime::Call::kRunSandbox, seconds(600));
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Pass(seconds(1));
  host_.EndByNode(Uid(), Evicted());
  host_.Pass(seconds(5));
  EXPECT_EQ(host_.Phase(), "Failed");
  EXPECT_EQ(host_.StatusOf()["reason"], "Evicted");
}

TEST_F(NodeEnds, VolumesThatCannotBeTakenAwayAreTriedAgain) {
  Start(Spec({}, {"main"}));
  host_.pod_volumes.FailUnmounts(8, MakeError(ErrorCode::kInternal, "busy"));
  host_.EndByNode(Uid(), Evicted());
  host_.Pass(seconds(5));
  EXPECT_EQ(host_.Phase(), "Failed");
  EXPECT_THAT(host_.pod_volumes.ready(), ElementsAre(Uid()));
  host_.Pass(seconds(120), seconds(1));
  EXPECT_THAT(host_.pod_volumes.ready(), IsEmpty());
}

TEST_F(NodeEnds, ANewPodIsRefusedAndOneThatRunsIsNot) {
  Start(Spec({}, {"main"}));
  host_.KillAgent();
  host_.refusal = [](const api::Pod&) { return Waiting{"NodeShutdown", "The node is shutting down."}; };
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}), "kubia-1");
  host_.Pass(seconds(5));
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_EQ(host_.Phase("kubia-1"), "Failed");
  EXPECT_EQ(host_.StatusOf("kubia-1")["reason"], "NodeShutdown");
  EXPECT_EQ(host_.StatusOf("kubia-1")["message"], "Pod was rejected: The node is shutting down.");
  EXPECT_THAT(host_.events, Contains("Warning NodeShutdown The node is shutting down."));
  EXPECT_EQ(host_.Count("RunSandbox"), 1U);
}

}  // namespace
}  // namespace ordinal::podsync

// What a set says while it waits: the condition Progressing, with the clock in hand.
#include "agent/controllers/statefulset/wait.h"

#include <gmock/gmock.h>

#include "tests/unit/agent/controllers/statefulset_world.h"

namespace ordinal::controllers::statefulset {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

const WallTime kStart = *ParseTime("2026-01-01T01:00:00Z");

struct WaitCase {
  std::string name, pod;  // a merge patch over a pod that is pending since kStart
  seconds quiet;          // how long it is not in the way; 0: at once
  std::string reason;
  std::vector<std::string> says;
};

std::vector<WaitCase> Waits() {
  return {
      {"not ready yet", R"({})", seconds(10), "NotReady", {"2026-01-01T01:00:00Z", "kubectl describe -n default pod"}},
      {"a container is being made",
       R"({"status": {"containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "ContainerCreating"}}}]}})",
       seconds(10),
       "NotReady",
       {}},
      {"became unready later",
       R"({"status": {"phase": "Running", "conditions": [
         {"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-01T01:00:05Z"}]}})",
       seconds(15),
       "NotReady",
       {"2026-01-01T01:00:05Z"}},
      {"not placed",
       R"({"status": {"conditions": [
         {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "claim x is not bound"}]}})",
       seconds(10),
       "Unschedulable",
       {"claim x is not bound"}},
      {"crashes",
       R"({"status": {"phase": "Running", "containerStatuses": [{"name": "fine", "state": {"running": {}}},
         {"name": "c", "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}}]}})",
       seconds(0),
       "CrashLoopBackOff",
       {"container c", "back-off 10s", "kubectl logs -n default kubia-1 -c c --previous"}},
      {"has no image",
       R"({"status": {"containerStatuses": [
         {"name": "c", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}]}})",
       seconds(0),
       "ImagePullBackOff",
       {"no such image", "registry"}},
      {"its first container fails",
       R"({"status": {"initContainerStatuses": [
         {"name": "first", "state": {"waiting": {"reason": "CreateContainerError", "message": "no such user"}}}],
         "containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "PodInitializing"}}}]}})",
       seconds(0),
       "CreateContainerError",
       {"container first", "no such user"}},
      {"terminates within its grace",
       R"({"metadata": {"deletionTimestamp": "2026-01-01T01:00:30Z"}})",
       seconds(40),
       "Terminating",
       {"2026-01-01T01:00:30Z", "finalizer"}},
  };
}

TEST(StatefulSetWait, IsSaidAtOnceOrAfterAWhile) {
  for (const WaitCase& test : Waits()) {
    SCOPED_TRACE(test.name);
    PodOf pod{PodState::kPending, "kubia-old", 0, kStart, kStart};
    Json body = PodIn(pod, 1);
    body.merge_patch(Json::parse(test.pod));
    const auto seen = api::Pod::From(Object(body));
    const WallTime due = kStart + test.quiet;
    if (test.quiet > seconds(0)) {
      const std::vector<Wait> before{WaitForPod(seen, kStart)};
      EXPECT_EQ(InTheWay(before, due - seconds(1)), nullptr);
      EXPECT_EQ(NextInTheWay(before, kStart), Duration(test.quiet));
    }
    const std::vector<Wait> waits{WaitForPod(seen, due)};
    const Wait* wait = InTheWay(waits, due);
    ASSERT_NE(wait, nullptr);
    EXPECT_EQ(wait->reason, test.reason);
    EXPECT_THAT(wait->message, AllOf(HasSubstr("kubia-1"), HasSubstr("kubia-old")));
    for (const std::string& text : test.says) EXPECT_THAT(wait->message, HasSubstr(text));
  }
}

TEST(StatefulSetWait, APodThatIsReadyIsNotInTheWayHoweverLongItHasToStaySo) {
  const auto pod = api::Pod::From(Object(PodIn({PodState::kReady, "r", 0, kStart, kStart}, 0)));
  const std::vector<Wait> waits{WaitForPod(pod, kStart)};
  EXPECT_EQ(InTheWay(waits, kStart + std::chrono::hours(1)), nullptr);
  EXPECT_EQ(NextInTheWay(waits, kStart), std::nullopt);
}

TEST(StatefulSetWait, AHealthyRolloutIsNeverFalseAndACompleteSetHasNoCondition) {
  World world(Set("kubia", 3));
  world.Sync();
  EXPECT_EQ(world.Progress()["status"], "True");
  EXPECT_EQ(world.Progress()["reason"], "Rolling");
  const std::string since = world.Progress()["lastTransitionTime"];
  while (world.Picture(3) != "RRR") {
    world.now += seconds(9);
    world.Sync();
    EXPECT_EQ(world.Progress()["status"], "True") << world.Picture(3);
    EXPECT_EQ(world.Progress()["lastTransitionTime"], since);
    ASSERT_TRUE(world.NodeStep());
    if (world.Picture(3) != "RRR") world.Sync();
  }
  world.Sync();
  EXPECT_EQ(world.Picture(3), "RRR");
  EXPECT_FALSE(world.set["status"].contains("conditions"));
}

TEST(StatefulSetWait, TurnsFalseWhenAPodHasBeenInTheWayForAWhileAndBackWhenItIsReady) {
  World world(Set("kubia", 2));
  world.Sync();
  EXPECT_EQ(MakePlan(world.Seen()).look_again, kPatience) << "nothing else would wake the set then";
  world.now += kPatience - seconds(1);
  world.Sync();
  EXPECT_EQ(world.Progress()["status"], "True");
  world.now += seconds(1);
  const Plan plan = MakePlan(world.Seen());
  world.Carry(plan);
  EXPECT_EQ(world.Progress()["status"], "False");
  EXPECT_EQ(world.Progress()["reason"], "NotReady");
  EXPECT_EQ(world.Progress()["lastTransitionTime"], FormatTime(world.now));
  ASSERT_TRUE(plan.in_the_way.has_value());
  EXPECT_EQ(plan.in_the_way->about, "kubia-0");
  EXPECT_EQ(plan.look_again, std::nullopt) << "its news are events";
  world.Turn(0, PodState::kReady);
  world.Sync();
  EXPECT_EQ(world.Progress()["status"], "True");
}

TEST(StatefulSetWait, AScaleDownNamesTheUnhealthyLowerPodThatHoldsIt) {
  World world(Set("kubia", 0));
  world.Put(0, PodState::kRunning);
  world.Put(1, PodState::kRunning);
  EXPECT_THAT(world.Sync(), testing::IsEmpty());
  EXPECT_EQ(world.Progress()["status"], "False");
  EXPECT_THAT(world.Progress()["message"].get<std::string>(), HasSubstr("pod kubia-0 "));
}

TEST(StatefulSetWait, LeavesOtherConditionsAlone) {
  World world(Set("kubia", 1));
  world.set["status"]["conditions"] = Json::array({Json{{"type", "Other"}, {"status", "True"}}});
  world.Sync();
  EXPECT_EQ(world.set["status"]["conditions"].size(), 2u);
  world.Settle();
  ASSERT_EQ(world.set["status"]["conditions"].size(), 1u);
  EXPECT_EQ(world.set["status"]["conditions"][0]["type"], "Other");
}

}  // namespace
}  // namespace ordinal::controllers::statefulset

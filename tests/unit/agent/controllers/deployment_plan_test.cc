// The Deployment plan: rollouts of every kind, revisions and undo, scaling, pausing, and what the conditions say.
#include <gtest/gtest.h>

#include "agent/controllers/deployment/status.h"
#include "tests/unit/agent/controllers/deployment_world.h"

namespace ordinal::controllers::deployment {
namespace {

using Steps = std::vector<std::string>;

Json Recreate() { return Json{{"type", "Recreate"}}; }

TEST(Fences, SurgeIsRoundedUpAndUnavailableDown) {
  struct Case {
    int64_t replicas;
    Json surge, unavailable;
    int64_t wanted_surge, wanted_unavailable;
  };
  for (const Case& c : {Case{4, 1, 1, 1, 1}, Case{10, "25%", "25%", 3, 2}, Case{1, "25%", "25%", 1, 0},
                        Case{3, 0, "10%", 0, 1}, Case{2, 1, 5, 1, 2}, Case{0, "25%", "25%", 0, 0}}) {
    World world(c.replicas, World::Rolling(c.surge, c.unavailable));
    const Fences fences = FencesOf(world.Seen().deployment);
    EXPECT_EQ(fences.surge, c.wanted_surge) << c.replicas << c.surge << c.unavailable;
    EXPECT_EQ(fences.unavailable, c.wanted_unavailable) << c.replicas << c.surge << c.unavailable;
  }
}

TEST(Deployment, TheFirstSetIsMadeAtFullSize) {
  World world(3, World::Rolling("25%", "25%"));
  EXPECT_EQ(world.Carry(MakePlan(world.Seen())), Steps{"1 +3"});
  EXPECT_EQ(world.ReasonOf("Progressing"), "True NewReplicaSetCreated");
  EXPECT_EQ(world.ReasonOf("Available"), "False MinimumReplicasUnavailable");
  EXPECT_EQ(world.Settle(), Steps{});
  EXPECT_EQ(world.ReasonOf("Progressing"), "True NewReplicaSetAvailable");
  EXPECT_EQ(world.ReasonOf("Available"), "True MinimumReplicasAvailable");

  const Json& set = world.Set(1);
  const std::string hash = set["metadata"]["labels"]["pod-template-hash"];
  EXPECT_EQ(set["metadata"]["name"], "web-" + hash);
  EXPECT_EQ(set["spec"]["selector"]["matchLabels"], (Json{{"app", "web"}, {"pod-template-hash", hash}}));
  EXPECT_EQ(set["spec"]["template"]["metadata"]["labels"], (Json{{"app", "web"}, {"pod-template-hash", hash}}));
  EXPECT_EQ(set["metadata"]["annotations"], (Json{{"deployment.kubernetes.io/revision", "1"},
                                                  {"deployment.kubernetes.io/desired-replicas", "3"},
                                                  {"deployment.kubernetes.io/max-replicas", "4"}}));
  EXPECT_EQ(set["metadata"]["ownerReferences"][0]["uid"], "web-uid");
  Json status = world.deployment["status"];
  status.erase("conditions");
  EXPECT_EQ(status, (Json{{"observedGeneration", 1},
                          {"replicas", 3},
                          {"updatedReplicas", 3},
                          {"readyReplicas", 3},
                          {"availableReplicas", 3}}));
}

TEST(Deployment, ARollingUpdateStepsBetweenItsFences) {
  World world(4, World::Rolling(1, 1));
  world.Settle();
  world.SetImage("busybox:2");
  EXPECT_EQ(world.Settle(), (Steps{"2 +1", "1 4>3", "2 1>2", "1 3>2", "2 2>3", "1 2>1", "2 3>4", "1 1>0"}));
}

TEST(Deployment, NoRolloutLeavesItsFencesAndAllEnd) {
  for (int replicas = 0; replicas <= 6; ++replicas) {
    for (const Json& surge : {Json(0), Json(1), Json(3), Json("50%"), Json("100%")}) {
      for (const Json& unavailable : {Json(0), Json(1), Json("25%"), Json("100%")}) {
        SCOPED_TRACE(fmt::format("{} replicas, surge {}, unavailable {}", replicas, surge.dump(), unavailable.dump()));
        World world(replicas, World::Rolling(surge, unavailable));
        world.Settle();
        world.SetImage("busybox:2");
        world.most = 0;
        world.least = replicas;
        const Steps steps = world.Settle();
        ASSERT_TRUE(steps.empty() || steps.back() != "never settles");
        const Fences fences = FencesOf(world.Seen().deployment);
        EXPECT_LE(world.most, replicas + fences.surge);
        EXPECT_GE(world.least, replicas - fences.unavailable);
        EXPECT_EQ(world.Set(1)["spec"]["replicas"], 0);
        EXPECT_EQ(world.Set(2)["spec"]["replicas"], replicas);
        EXPECT_EQ(world.ReasonOf("Progressing"), "True NewReplicaSetAvailable");
      }
    }
  }
}

TEST(Deployment, ABrokenUpdateStopsAndIsReplacedFirst) {
  World world(4, World::Rolling(1, 1));
  world.Settle();
  world.SetImage("broken:1");
  world.available = false;
  EXPECT_EQ(world.Settle(), (Steps{"2 +1", "1 4>3", "2 1>2"}));
  EXPECT_EQ(world.Set(1)["status"]["availableReplicas"], 3);
  world.SetImage("busybox:3");
  world.available = true;
  const Steps steps = world.Settle();
  ASSERT_GE(steps.size(), 2U);
  EXPECT_EQ(steps[0], "3 +0");
  EXPECT_EQ(steps[1], "2 2>0") << "pods that serve nobody make room";
  EXPECT_EQ(world.Set(3)["spec"]["replicas"], 4);
}

/// A pod of a set, ready since then, or not ready.
api::Pod PodOf(const Json& set, int number, std::optional<WallTime> since, Observed& seen) {
  const std::string uid = fmt::format("{}-{}", set["metadata"]["name"].get<std::string>(), number);
  Json body{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", Json{{"name", uid}, {"namespace", "default"}}}};
  body["metadata"]["uid"] = uid;
  body["status"] = Json{{"phase", "Running"},
                        {"conditions", Json::array({Json{{"type", "Ready"}, {"status", since ? "True" : "False"}}})}};
  if (since) seen.ready_since[uid] = *since;
  return api::Pod::From(Object(body));
}

/// What is seen when the first set's pods run for long and the others' first pod is as given.
Observed SeenWith(World& world, std::vector<std::optional<WallTime>> firsts) {
  Observed seen = world.Seen();
  seen.settling = kUsualSettling;
  for (size_t number = 1; number <= world.order.size(); ++number) {
    const Json& set = world.Set(number);
    auto& pods = seen.rolling[set["metadata"]["uid"]];
    for (int i = 0; i < set["spec"]["replicas"].get<int>(); ++i) {
      const auto since = number == 1 ? std::optional(world.now - std::chrono::hours(1)) : firsts.at(number - 2);
      pods.push_back(PodOf(set, i, since, seen));
    }
  }
  return seen;
}

TEST(Deployment, ATemplateThatCrashesAtOnceTakesNoOldPodDown) {
  World world(3, World::Rolling(1, 0));
  world.Settle();
  world.SetImage("broken:1");
  EXPECT_EQ(world.Carry(MakePlan(world.Seen())), Steps{"2 +1"});
  world.Step();
  for (int crash = 0; crash < 10; ++crash) {
    // When the new pod is up for a moment, and its set counts it as available, then the old ones stay
    world.Set(2)["status"]["availableReplicas"] = 1;
    Plan plan = MakePlan(SeenWith(world, {world.now}));
    EXPECT_EQ(plan.look_again, Duration(std::chrono::seconds(1)));
    EXPECT_EQ(world.Carry(plan), Steps{}) << "up";
    world.now += std::chrono::milliseconds(20);
    EXPECT_EQ(world.Carry(MakePlan(SeenWith(world, {std::nullopt}))), Steps{}) << "down, and its set is behind";
    world.Set(2)["status"]["availableReplicas"] = 0;
    world.now += std::chrono::seconds(10);
    EXPECT_EQ(world.Carry(MakePlan(SeenWith(world, {std::nullopt}))), Steps{}) << "down";
  }
  // When the template is corrected, then what is up for a moment in the broken set makes no room either
  world.SetImage("busybox:3");
  EXPECT_EQ(world.Carry(MakePlan(world.Seen())), Steps{"3 +0"});
  world.Set(2)["status"]["availableReplicas"] = 1;
  EXPECT_EQ(world.Carry(MakePlan(SeenWith(world, {world.now, std::nullopt}))), Steps{"2 1>0"});
}

TEST(Deployment, AnOldPodGoesWhenTheNewOneStayedUp) {
  World world(2, World::Rolling(1, 0));
  world.Settle();
  world.SetImage("busybox:2");
  EXPECT_EQ(world.Carry(MakePlan(world.Seen())), Steps{"2 +1"});
  world.Step();
  world.Set(2)["status"]["availableReplicas"] = 1;
  const WallTime up = world.now;
  world.now += std::chrono::milliseconds(999);
  EXPECT_EQ(world.Carry(MakePlan(SeenWith(world, {up}))), Steps{});
  world.now += std::chrono::milliseconds(1);
  EXPECT_EQ(world.Carry(MakePlan(SeenWith(world, {up}))), Steps{"1 2>1"});
}

TEST(Deployment, RecreateWaitsForTheLastOldPod) {
  World world(3, Recreate());
  EXPECT_EQ(world.Settle(), Steps{"1 +3"});
  world.SetImage("busybox:2");
  EXPECT_EQ(world.Carry(MakePlan(world.Seen())), Steps{"1 3>0"});
  world.Step();
  EXPECT_EQ(world.leaving[world.order[0]], 3);
  EXPECT_EQ(world.Carry(MakePlan(world.Seen())), Steps{}) << "its pods are still on their way out";
  world.leaving.clear();
  EXPECT_EQ(world.Carry(MakePlan(world.Seen())), Steps{"2 +3"});
}

TEST(Deployment, UndoMakesAnOldRevisionTheNewest) {
  World world(2, World::Rolling(1, 0));
  world.deployment["metadata"]["annotations"]["kubernetes.io/change-cause"] = "first";
  world.Settle();
  world.SetImage("busybox:2");
  world.deployment["metadata"]["annotations"]["kubernetes.io/change-cause"] = "second";
  world.Settle();
  EXPECT_EQ(world.deployment["metadata"]["annotations"][kRevisionAnnotation], "2");
  EXPECT_EQ(world.Set(1)["metadata"]["annotations"]["kubernetes.io/change-cause"], "first");
  EXPECT_EQ(world.Set(2)["metadata"]["annotations"]["kubernetes.io/change-cause"], "second");

  Json undone = world.Set(1)["spec"]["template"];
  undone["metadata"]["labels"].erase("pod-template-hash");
  world.Spec()["template"] = undone;
  EXPECT_EQ(world.Settle(), (Steps{"1 0>1", "2 2>1", "1 1>2", "2 1>0"}));
  EXPECT_EQ(world.sets.size(), 2U) << "nothing new was made";
  EXPECT_EQ(world.Set(1)["metadata"]["annotations"][kRevisionAnnotation], "3");
  EXPECT_EQ(world.Set(1)["metadata"]["annotations"][kHistoryAnnotation], "1");
  EXPECT_EQ(world.deployment["metadata"]["annotations"][kRevisionAnnotation], "3");
}

TEST(Deployment, OldRevisionsBeyondTheLimitGoWhenTheRolloutIsThrough) {
  World world(1, World::Rolling(1, 0));
  world.Spec()["revisionHistoryLimit"] = 2;
  for (int version = 1; version <= 4; ++version) {
    world.SetImage(fmt::format("busybox:{}", version));
    world.now += std::chrono::seconds(1);
    const Steps steps = world.Settle();
    EXPECT_EQ(steps.back() == "1 gone", version == 4) << version;
  }
  EXPECT_EQ(world.sets.size(), 3U);
}

TEST(Deployment, ScalingDuringARolloutIsShared) {
  // The example of the Kubernetes documentation, "Proportional scaling".
  World world(10, World::Rolling(3, 2));
  world.Settle();
  world.SetImage("broken:1");
  world.available = false;
  world.Settle();
  EXPECT_EQ(world.Set(1)["spec"]["replicas"], 8);
  EXPECT_EQ(world.Set(2)["spec"]["replicas"], 5);
  world.Spec()["replicas"] = 15;
  EXPECT_EQ(world.Carry(MakePlan(world.Seen())), (Steps{"1 8>11", "2 5>7"}));
}

TEST(Deployment, ScalingWithoutARolloutResizesTheOneSet) {
  World world(3, World::Rolling(1, 0));
  world.Settle();
  world.Spec()["replicas"] = 5;
  EXPECT_EQ(world.Settle(), Steps{"1 3>5"});
  world.Spec()["replicas"] = 0;
  EXPECT_EQ(world.Settle(), Steps{"1 5>0"});
  world.Spec()["replicas"] = 2;
  EXPECT_EQ(world.Settle(), Steps{"1 0>2"});
  EXPECT_EQ(world.ReasonOf("Available"), "True MinimumReplicasAvailable");
}

TEST(Deployment, PausedItScalesButDoesNotRoll) {
  World world(2, World::Rolling(1, 0));
  world.Settle();
  world.Spec()["paused"] = true;
  world.SetImage("busybox:2");
  EXPECT_EQ(world.Settle(), Steps{});
  EXPECT_EQ(world.ReasonOf("Progressing"), "Unknown DeploymentPaused");
  world.Spec()["replicas"] = 3;
  EXPECT_EQ(world.Settle(), Steps{"1 2>3"});
  world.Spec()["paused"] = false;
  EXPECT_EQ(world.Settle(), (Steps{"2 +1", "1 3>2", "2 1>2", "1 2>1", "2 2>3", "1 1>0"}));
  EXPECT_EQ(world.ReasonOf("Progressing"), "True NewReplicaSetAvailable");
}

TEST(Deployment, ARolloutWithoutProgressIsTooLateAfterItsDeadline) {
  World world(2, World::Rolling(1, 0));
  world.available = false;
  world.Settle();
  Plan plan = MakePlan(world.Seen());
  ASSERT_TRUE(plan.look_again);
  EXPECT_EQ(*plan.look_again, Duration(std::chrono::seconds(601)));
  world.now += *plan.look_again;
  plan = MakePlan(world.Seen());
  world.Carry(plan);
  EXPECT_EQ(world.ReasonOf("Progressing"), "False ProgressDeadlineExceeded");
  EXPECT_FALSE(plan.look_again);
  world.available = true;
  world.Settle();
  EXPECT_EQ(world.ReasonOf("Progressing"), "True NewReplicaSetAvailable") << "late, but through";
}

TEST(Deployment, ARolloutThatMovesHasItsWholeDeadlineAgain) {
  World world(2, World::Rolling(1, 0));
  world.Settle();
  world.now += std::chrono::seconds(5);
  world.SetImage("busybox:2");
  world.Carry(MakePlan(world.Seen()));
  EXPECT_EQ(world.ReasonOf("Progressing"), "True NewReplicaSetCreated");
  world.now += std::chrono::seconds(500);
  world.Step();
  const Plan plan = MakePlan(world.Seen());
  world.Carry(plan);
  EXPECT_EQ(world.ReasonOf("Progressing"), "True ReplicaSetUpdated");
  EXPECT_EQ(plan.look_again, Duration(std::chrono::seconds(601)));
  // One whose set was there and that was never told of.
  world.Settle();
  world.deployment["status"].erase("conditions");
  world.Carry(MakePlan(world.Seen()));
  EXPECT_EQ(world.ReasonOf("Progressing"), "True NewReplicaSetAvailable");
  world.deployment["status"].erase("conditions");
  world.available = false;
  world.Set(2)["status"]["availableReplicas"] = world.Set(2)["status"]["readyReplicas"] = 0;
  world.Carry(MakePlan(world.Seen()));
  EXPECT_EQ(world.ReasonOf("Progressing"), "True FoundNewReplicaSet");
}

TEST(Deployment, CountsThePodsThatGoOfAllItsSets) {
  World world(2, World::Rolling(1, 0));
  world.Settle();
  world.SetImage("busybox:2");
  world.Settle();
  EXPECT_FALSE(world.deployment["status"].contains("terminatingReplicas"));
  world.Set(1)["status"]["terminatingReplicas"] = 2;
  world.Set(2)["status"]["terminatingReplicas"] = 1;
  world.Carry(MakePlan(world.Seen()));
  EXPECT_EQ(world.deployment["status"]["terminatingReplicas"], 3);
}

TEST(Deployment, WithoutADeadlineThereIsNoProgressCondition) {
  World world(2, World::Rolling(1, 0));
  world.Spec()["progressDeadlineSeconds"] = 2147483647;
  world.Settle();
  EXPECT_EQ(world.ReasonOf("Progressing"), "");
  EXPECT_EQ(world.ReasonOf("Available"), "True MinimumReplicasAvailable");
}

TEST(Deployment, AFailureOfItsSetIsItsOwn) {
  World world(2, World::Rolling(1, 0));
  world.Settle();
  world.Set(1)["status"]["conditions"] = Json::array({Json{{"type", "ReplicaFailure"},
                                                           {"status", "True"},
                                                           {"reason", "FailedCreate"},
                                                           {"message", "m"},
                                                           {"lastTransitionTime", "2026-01-01T00:00:00Z"}}});
  world.Carry(MakePlan(world.Seen()));
  EXPECT_EQ(world.ReasonOf("ReplicaFailure"), "True FailedCreate");
  world.Set(1)["status"].erase("conditions");
  world.Carry(MakePlan(world.Seen()));
  EXPECT_EQ(world.ReasonOf("ReplicaFailure"), "");
}

TEST(Deployment, ADeletedOneOnlyCounts) {
  World world(2, World::Rolling(1, 0));
  world.Settle();
  world.deployment["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  world.SetImage("busybox:2");
  const Plan plan = MakePlan(world.Seen());
  EXPECT_FALSE(plan.create);
  EXPECT_TRUE(plan.resize.empty());
  EXPECT_EQ(plan.status["readyReplicas"], 2);
}

}  // namespace
}  // namespace ordinal::controllers::deployment

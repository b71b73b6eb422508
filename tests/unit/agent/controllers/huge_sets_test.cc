// Sets whose writer chose a huge number of replicas: what a pass plans depends on the pods there are and on the room
// for more, never on that number; the rest is counted in a condition; such a set is scaled down and deleted as any.
#include <gmock/gmock.h>

#include "agent/controllers/deployment/revision.h"
#include "agent/controllers/replicaset/plan.h"
#include "tests/unit/agent/controllers/cluster.h"
#include "tests/unit/agent/controllers/deployment_world.h"
#include "tests/unit/agent/controllers/statefulset_world.h"

namespace ordinal::controllers {
namespace {

using testing::HasSubstr;

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
constexpr int64_t kMayWait = 210;  // the 110 pods a node takes when it does not say, and 100

/// The message of the condition; empty without it.
std::string HeldBack(const Json& body) {
  const Json* condition = FindCondition(api::Member(api::Member(body, "status"), "conditions"), "ReplicasHeldBack");
  return condition == nullptr
             ? ""
             : (*condition)["reason"].get<std::string>() + ": " + (*condition)["message"].get<std::string>();
}

Json Huge(int64_t replicas, int64_t start = 0) {
  Json body = Set("kubia", 0, Json{{"podManagementPolicy", "Parallel"}, {"ordinals", Json{{"start", start}}}});
  body["spec"]["replicas"] = replicas;
  return body;
}

TEST(HugeStatefulSet, OnePassCreatesAsManyAsMayWait) {
  struct Case {
    int64_t replicas, start;
    const char* held_back;
  };
  for (const Case& c : {Case{200'000, 0, "199790 of 200000"}, Case{kMost, 0, "2147483437 of 2147483647"},
                        Case{kMost, kMost, "2147483437 of 2147483647"}, Case{210, kMost, ""}, Case{3, kMost - 1, ""}}) {
    statefulset::World world(Huge(c.replicas, c.start));
    const statefulset::Plan plan = MakePlan(world.Seen());
    ASSERT_EQ(plan.pods.size(), static_cast<size_t>(std::min(c.replicas, kMayWait))) << c.replicas;
    EXPECT_EQ(std::get<statefulset::CreatePod>(plan.pods.front()).ordinal, c.start);
    EXPECT_EQ(std::get<statefulset::CreatePod>(plan.pods.back()).ordinal, c.start + std::min(c.replicas, kMayWait) - 1);
    const std::string said = HeldBack(Json{{"status", plan.status}});
    if (*c.held_back == '\0') {
      EXPECT_EQ(said, "");
    } else {
      EXPECT_THAT(said, HasSubstr(c.held_back));
    }
  }
}

TEST(HugeStatefulSet, WhatWaitsIsAllThereIs) {
  // Given a set that has as many pods as may wait, when it is looked at again
  statefulset::World world(Huge(200'000));
  world.Sync();
  const statefulset::Plan plan = MakePlan(world.Seen());
  // then nothing more is made, and claims of a larger template are found without going through all ordinals
  EXPECT_TRUE(plan.pods.empty());
  EXPECT_EQ(world.ordinals.size(), static_cast<size_t>(kMayWait));
  world.set["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"] = "2Mi";
  EXPECT_EQ(MakePlan(world.Seen()).grow_claims.size(), static_cast<size_t>(kMayWait));
}

TEST(HugeStatefulSet, ScaledDownItDeletesWhatItMade) {
  statefulset::World world(Huge(200'000));
  world.Sync();
  world.set["spec"]["replicas"] = 0;
  world.Sync();
  for (bool moved = true; moved;) moved = world.NodeStep();
  EXPECT_TRUE(MakePlan(world.Seen()).pods.empty());
  world.Sync();
  for (const auto& [ordinal, pod] : world.ordinals) ASSERT_EQ(pod.state, statefulset::PodState::kMissing) << ordinal;
  EXPECT_EQ(HeldBack(world.set), "");
}

TEST(HugeReplicaSet, OnePassCreatesAsManyAsMayWait) {
  for (const int64_t replicas : {int64_t{200'000}, kMost}) {
    Json body = Replicas("web", replicas);
    body["metadata"]["uid"] = "rs-uid";
    replicaset::Observed seen;
    seen.set = api::ReplicaSet::From(Object(body));
    EXPECT_EQ(MakePlan(seen).create, kMayWait);
    EXPECT_THAT(HeldBack(Json{{"status", CountStatus(seen, std::nullopt)}}),
                HasSubstr(fmt::format("NodeCapacity: {} of {} replicas", replicas - kMayWait, replicas)));
    // On a node that takes more than anybody makes at once it is done in bursts
    seen.pod_capacity = 5000;
    EXPECT_EQ(MakePlan(seen).create, replicaset::kBurst);
  }
}

TEST(HugeReplicaSet, PodsWhoseWriterNamedTheNodeCountAsPlacedOnlyAsFarAsTheNodeTakesThem) {
  Json pod = Replicas("web", 1)["spec"]["template"];
  pod["apiVersion"] = "v1";
  pod["kind"] = "Pod";
  pod["metadata"]["name"] = "web-x";
  pod["metadata"]["namespace"] = "default";
  pod["spec"]["nodeName"] = "node-a";
  replicaset::Observed seen;
  seen.set = api::ReplicaSet::From(Object(Replicas("web", 200'000)));
  seen.pods.assign(300, api::Pod::From(Object(pod)));
  EXPECT_EQ(MakePlan(seen).create, 110 + kMayWait - 300);
  seen.pods.assign(320, api::Pod::From(Object(pod)));
  EXPECT_EQ(MakePlan(seen).create, 0);
}

TEST(HugeDeployment, NoNumberOfARolloutLeavesThirtyTwoBits) {
  const auto in_range = [](const Json& number) { return number.get<int64_t>() >= 0 && number.get<int64_t>() <= kMost; };
  for (const Json& surge : {Json("100%"), Json("9999%"), Json(kMost)}) {
    deployment::World world(kMost, deployment::World::Rolling(surge, "25%"));
    world.Carry(MakePlan(world.Seen()));
    world.SetImage("busybox:2");
    for (int64_t replicas : {kMost, kMost, int64_t{10}, kMost}) {
      world.Spec()["replicas"] = replicas;
      for (int pass = 0; pass < 3; ++pass) world.Carry(MakePlan(world.Seen()));
      for (const auto& [name, set] : world.sets)
        EXPECT_TRUE(in_range(set["spec"]["replicas"])) << set["spec"]["replicas"];
      for (const char* count : {"replicas", "unavailableReplicas"}) {
        const Json& status = world.deployment["status"];
        EXPECT_TRUE(in_range(status.value(count, Json(0)))) << count << " " << status;
      }
    }
  }
}

TEST(HugeDeployment, SaysWhatItsSetHoldsBack) {
  deployment::World world(kMost, deployment::World::Rolling("25%", "25%"));
  world.Carry(MakePlan(world.Seen()));
  Json conditions = Json::array();
  SetCondition({"ReplicasHeldBack", "True", "NodeCapacity", "many"}, world.now, conditions);
  world.Set(1)["status"]["conditions"] = conditions;
  world.Carry(MakePlan(world.Seen()));
  EXPECT_EQ(HeldBack(world.deployment), "NodeCapacity: many");
  world.Set(1)["status"].erase("conditions");
  world.Carry(MakePlan(world.Seen()));
  EXPECT_EQ(HeldBack(world.deployment), "");
}

/// All controllers, and a node that takes three pods.
class HugeSets : public Cluster {
 protected:
  static constexpr size_t kPlaced = 3, kWaiting = 103;

  HugeSets() {
    Create(Json::parse(R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-a"}, "spec": {}})"));
    NodeTakes("3");
  }
  void NodeTakes(const char* pods) {
    const auto made = RunTask(io_, client_.Modify({"Node", "", "node-a"}, [&](Json& body) {
      body["status"]["allocatable"]["pods"] = pods;
      return true;
    }));
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  /// So many pods, three of them placed, and none more after everything has come to rest.
  bool ComesToRestWith(size_t count) {
    const bool reached = Eventually([&] { return pods_.size() == count && Placed() == kPlaced; });
    RunReady(io_);
    return reached && pods_.size() == count;
  }
  size_t Placed() const {
    size_t placed = 0;
    pods_.ForEach("", [&](const Object& pod) { placed += !api::NodeOf(pod.body()).empty(); });
    return placed;
  }
  bool Says(const Documents& cache, const std::string& name, const std::string& words) {
    return Eventually([&] { return HeldBack(cache.Find("default", name)->body()).find(words) != std::string::npos; });
  }
};

TEST_F(HugeSets, AParallelSetMakesWhatMayWaitAndGoesAsAnyOther) {
  Json body = Huge(kMost);
  body["spec"].erase("volumeClaimTemplates");
  Create(body);
  EXPECT_TRUE(ComesToRestWith(kPlaced + kWaiting));
  EXPECT_TRUE(Says(sets_, "kubia", "NodeCapacity: 2147483541 of 2147483647 replicas"));
  // When the node takes one more, then one more is placed, and one more may wait
  NodeTakes("4");
  EXPECT_TRUE(Eventually([&] { return pods_.size() == 4 + 104; }));
  // When it is scaled down, then it is as if it had never been larger
  Scale("kubia", 2);
  EXPECT_TRUE(Ready("kubia", 2));
  EXPECT_EQ(HeldBack(Get("StatefulSet", "kubia")), "");
  Delete("StatefulSet", "kubia");
  EXPECT_TRUE(Eventually([&] { return pods_.size() == 0; }));
}

TEST_F(HugeSets, AReplicaSetMakesWhatMayWait) {
  Create(Replicas("web", 200'000));
  EXPECT_TRUE(ComesToRestWith(kPlaced + kWaiting));
  EXPECT_TRUE(Says(replica_sets_, "web", "199894 of 200000"));
  Delete("ReplicaSet", "web");
  EXPECT_TRUE(Eventually([&] { return pods_.size() == 0; }));
}

TEST_F(HugeSets, ADeploymentOfThemTellsTheNumber) {
  Json body = Replicas("web", kMost);
  body["kind"] = "Deployment";
  Create(body);
  EXPECT_TRUE(ComesToRestWith(kPlaced + kWaiting));
  EXPECT_TRUE(Says(deployments_, "web", "2147483541 of 2147483647"));
}

}  // namespace
}  // namespace ordinal::controllers

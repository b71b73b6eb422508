// The DaemonSet plan on the one node: when it has a pod, how an update goes, and what the status says.
#include <gmock/gmock.h>

#include <limits>

#include "agent/controllers/daemonset/backoff.h"
#include "agent/controllers/daemonset/plan.h"
#include "agent/controllers/daemonset/pod.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::daemonset {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const WallTime kNow = *ParseTime("2026-01-02T00:00:00Z");

Json DaemonSetBody(const Json& spec = Json::object()) {
  Json body = Replicas("agent", 1);
  body["kind"] = "DaemonSet";
  body["metadata"]["uid"] = "ds-uid";
  body["metadata"]["generation"] = 4;
  body["spec"].erase("replicas");
  body["spec"].merge_patch(spec);
  return body;
}

placement::NodeView Node(const Json& taints = Json::array(), api::StringMap labels = {}) {
  placement::NodeView node;
  node.name = "node-a";
  node.labels = std::move(labels);
  node.taints = taints;
  return node;
}

Json Taint(const char* key, const char* effect) { return Json::array({Json{{"key", key}, {"effect", effect}}}); }

std::string HashOf(const api::DaemonSet& set) {
  return ResolveTemplate(TemplateOwnerOf(set, kRevisionLabel), set.pod_template(), {}).hash;
}

struct World {
  Observed seen;
  int made = 0;

  explicit World(const Json& spec = Json::object()) {
    seen.set = api::DaemonSet::From(Object(DaemonSetBody(spec)));
    seen.node = Node();
    seen.node_name = "node-a";
    seen.now = kNow;
  }
  /// A pod of the set, as its controller makes them, `hash` empty: of the template there is.
  void Add(const std::string& name, const std::string& hash = "", const Json& changes = Json::object()) {
    Json body = BuildPod(seen.set, "node-a", hash.empty() ? HashOf(seen.set) : hash);
    body["metadata"]["name"] = name;
    body["metadata"]["uid"] = name + "-uid";
    body["metadata"]["creationTimestamp"] = FormatTime(kNow - std::chrono::hours(2) + std::chrono::minutes(made++));
    body["spec"]["nodeName"] = "node-a";
    body["status"] = Json{{"phase", "Running"}};
    body["status"]["conditions"] = Json::array({Json{
        {"type", "Ready"}, {"status", "True"}, {"lastTransitionTime", FormatTime(kNow - std::chrono::hours(1))}}});
    body.merge_patch(changes);
    seen.pods.push_back(api::Pod::From(Object(std::move(body))));
  }
  /// "+" for a creation, the names of what goes.
  std::vector<std::string> Actions() const {
    const Plan plan = MakePlan(seen);
    std::vector<std::string> actions;
    if (plan.create) actions.emplace_back("+");
    for (const DeletePod& pod : plan.remove) actions.push_back(pod.name);
    return actions;
  }
};

const Json kUnready = Json{{"status", Json{{"conditions", Json::array()}}}};
const Json kGoing = Json{{"metadata", Json{{"deletionTimestamp", "2026-01-02T00:00:00Z"}}}};
Json Phase(const char* phase) { return Json{{"status", Json{{"phase", phase}}}}; }
const Json kSurge = Json{{"updateStrategy", Json{{"rollingUpdate", Json{{"maxUnavailable", 0}, {"maxSurge", 1}}}}}};
const Json kOnDelete = Json{{"updateStrategy", Json{{"type", "OnDelete"}}}};

TEST(DaemonSetPlan, TheNodeHasOnePod) {
  World world;
  EXPECT_THAT(world.Actions(), ElementsAre("+"));
  world.Add("a");
  EXPECT_THAT(world.Actions(), IsEmpty());
  world.Add("b");
  EXPECT_THAT(world.Actions(), ElementsAre("b")) << "the oldest stays";
  World going;
  going.Add("a", "", kGoing);
  EXPECT_THAT(going.Actions(), IsEmpty()) << "the next one is made when it is gone";
  World nowhere;
  nowhere.seen.node.reset();
  EXPECT_THAT(nowhere.Actions(), IsEmpty());
}

TEST(DaemonSetPlan, OfPodsWithoutANodeOnlyThoseOfAnotherOneGo) {
  const auto waiting_for = [](const Json& affinity) {
    return Json{{"spec", {{"nodeName", nullptr}, {"affinity", affinity}}}};
  };
  World world;
  world.Add("here");
  world.Add("anywhere", "", waiting_for(nullptr));
  EXPECT_THAT(world.Actions(), IsEmpty()) << "it was adopted, and the scheduler has not placed it";
  const Json elsewhere = Json::parse(R"({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
    "nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-b"]}]}]}}})");
  world.Add("lost", "", waiting_for(elsewhere));
  EXPECT_THAT(world.Actions(), ElementsAre("lost"));
}

TEST(DaemonSetPlan, ARevisionOfTheLargestNumberIsTheLast) {
  World world;
  const auto known = [&](const Json& pod_template, int64_t number) {
    Json body = *ResolveTemplate(TemplateOwnerOf(world.seen.set, kRevisionLabel), pod_template, {}).create;
    body["revision"] = number;
    return api::ControllerRevision::From(Object(std::move(body)));
  };
  constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();
  Json other = world.seen.set.pod_template();
  other["spec"]["terminationGracePeriodSeconds"] = 7;
  world.seen.revisions = {known(other, kLargest)};
  EXPECT_EQ((*MakePlan(world.seen).revision.create)["revision"], kLargest);
  world.seen.revisions.push_back(known(world.seen.set.pod_template(), 1));
  EXPECT_EQ(MakePlan(world.seen).revision.renumber->revision, kLargest);
}

struct NodeCase {
  Json spec, taints;
  api::StringMap labels;
  std::vector<std::string> without, with;  ///< what is done without a pod, and with one
};

TEST(DaemonSetPlan, GoesWhereTheTemplateMay) {
  const auto pod_spec = [](const char* member, const Json& value) {
    return Json{{"template", Json{{"spec", Json{{member, value}}}}}};
  };
  const Json selector = pod_spec("nodeSelector", Json{{"disk", "ssd"}});
  const Json tolerant = pod_spec("tolerations", Json::array({Json{{"key", "own"}, {"operator", "Exists"}}}));
  const NodeCase cases[] = {
      {selector, Json::array(), {}, {}, {"a"}},
      {selector, Json::array(), {{"disk", "ssd"}}, {"+"}, {}},
      {pod_spec("nodeName", "node-b"), Json::array(), {}, {}, {"a"}},
      {pod_spec("nodeName", "node-a"), Json::array(), {}, {"+"}, {}},
      {Json::object(), Taint("own", "NoSchedule"), {}, {}, {}},
      {Json::object(), Taint("own", "NoExecute"), {}, {}, {"a"}},
      {tolerant, Taint("own", "NoExecute"), {}, {"+"}, {}},
      {Json::object(), Taint("own", "PreferNoSchedule"), {}, {"+"}, {}},
      {Json::object(), Taint("node.kubernetes.io/not-ready", "NoExecute"), {}, {"+"}, {}},
      {Json::object(), Taint("node.kubernetes.io/unreachable", "NoExecute"), {}, {"+"}, {}},
      {Json::object(), Taint("node.kubernetes.io/disk-pressure", "NoSchedule"), {}, {"+"}, {}},
      {Json::object(), Taint("node.kubernetes.io/memory-pressure", "NoSchedule"), {}, {"+"}, {}},
      {Json::object(), Taint("node.kubernetes.io/pid-pressure", "NoSchedule"), {}, {"+"}, {}},
      {Json::object(), Taint("node.kubernetes.io/unschedulable", "NoSchedule"), {}, {"+"}, {}},
      {Json::object(), Taint("node.kubernetes.io/network-unavailable", "NoSchedule"), {}, {}, {}},
      {pod_spec("hostNetwork", true), Taint("node.kubernetes.io/network-unavailable", "NoSchedule"), {}, {"+"}, {}},
  };
  for (const NodeCase& each : cases) {
    World world(each.spec);
    world.seen.node = Node(each.taints, each.labels);
    EXPECT_EQ(world.Actions(), each.without) << each.spec << each.taints;
    world.Add("a");
    EXPECT_EQ(world.Actions(), each.with) << each.spec << each.taints;
  }
}

TEST(DaemonSetPlan, ThePodNamesItsNodeByAffinityAndToleratesItsTroubles) {
  World world(
      Json{{"template", Json{{"spec", Json{{"affinity", Json{{"podAffinity", Json{{"x", 1}}}}},
                                           {"tolerations", Json::array({Json{{"key", "node.kubernetes.io/not-ready"},
                                                                             {"operator", "Exists"},
                                                                             {"effect", "NoExecute"},
                                                                             {"tolerationSeconds", 5}}})}}}}}});
  const Json pod = BuildPod(world.seen.set, "node-a", "h");
  EXPECT_EQ(pod["metadata"]["generateName"], "agent-");
  EXPECT_EQ(pod["metadata"]["labels"], (Json{{"app", "agent"}, {"controller-revision-hash", "h"}}));
  EXPECT_EQ(pod["spec"]["affinity"], Json::parse(R"({"podAffinity": {"x": 1},
    "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
      {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-a"]}]}]}}})"));
  ASSERT_EQ(pod["spec"]["tolerations"].size(), 6u);
  EXPECT_EQ(pod["spec"]["tolerations"][0],
            Json::parse(R"({"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"})"));
  EXPECT_EQ(TargetOf(api::Pod::From(Object(With(pod, "/metadata/name", "p")))), "node-a");
  World host(Json{{"template", Json{{"spec", Json{{"hostNetwork", true}}}}}});
  const Json of_host = BuildPod(host.seen.set, "node-a", "h");
  EXPECT_EQ(of_host["spec"]["tolerations"].back()["key"], "node.kubernetes.io/network-unavailable");
}

struct UpdateCase {
  const char* what;
  Json strategy;
  Json old_pod;  ///< changes of it; null: there is none
  Json new_pod;  ///< the same
  std::vector<std::string> actions;
};

TEST(DaemonSetPlan, AnUpdateGoesOnByItsStrategy) {
  const Json there = Json::object(), none;
  const UpdateCase cases[] = {
      {"an old pod goes", there, there, none, {"old"}},
      {"one that is not ready too", there, kUnready, none, {"old"}},
      {"nothing while it goes", there, kGoing, none, {}},
      {"nobody touches a new one", there, none, there, {}},
      {"with OnDelete somebody else deletes it", kOnDelete, there, none, {}},
      {"and then it comes back new", kOnDelete, none, none, {"+"}},
      {"a new one beside it", kSurge, there, none, {"+"}},
      {"beside one that is not ready too", kSurge, kUnready, none, {"+"}},
      {"while the new one starts the old one serves", kSurge, there, kUnready, {}},
      {"when it is available the old one goes", kSurge, there, there, {"old"}},
      {"an old one that serves nobody goes at once", kSurge, kUnready, kUnready, {"old"}},
  };
  for (const UpdateCase& each : cases) {
    World world(each.strategy);
    if (!each.old_pod.is_null()) world.Add("old", "before", each.old_pod);
    if (!each.new_pod.is_null()) world.Add("new", "", each.new_pod);
    EXPECT_EQ(world.Actions(), each.actions) << each.what;
  }
}

TEST(DaemonSetPlan, MinReadySecondsHoldTheOldPodOfASurge) {
  Json spec = kSurge;
  spec["minReadySeconds"] = 3600 + 30;
  World world(spec);
  world.Add("old", "before");
  world.Add("new");
  const Plan plan = MakePlan(world.seen);
  EXPECT_THAT(plan.remove, IsEmpty());
  ASSERT_TRUE(plan.look_again.has_value());
  EXPECT_EQ(*plan.look_again, std::chrono::seconds(30));
  world.seen.now += std::chrono::seconds(30);
  EXPECT_THAT(world.Actions(), ElementsAre("old"));
}

TEST(DaemonSetPlan, WhatEndedGoesAndAFailureWaits) {
  World world;
  world.Add("a", "", Phase("Failed"));
  Plan plan = MakePlan(world.seen);
  ASSERT_EQ(plan.remove.size(), 1u);
  EXPECT_TRUE(plan.remove[0].failed);
  EXPECT_EQ(plan.remove[0].reason, "FailedDaemonPod");
  EXPECT_EQ(plan.remove[0].message, "Found failed daemon pod default/a on node node-a, will try to kill it");
  world.seen.failed_wait = std::chrono::seconds(2);
  plan = MakePlan(world.seen);
  EXPECT_THAT(plan.remove, IsEmpty());
  EXPECT_EQ(plan.look_again, std::chrono::seconds(2));
  World over;
  over.seen.failed_wait = std::chrono::seconds(2);
  over.Add("a", "", Phase("Succeeded"));
  plan = MakePlan(over.seen);
  ASSERT_EQ(plan.remove.size(), 1u);
  EXPECT_FALSE(plan.remove[0].failed);
  EXPECT_EQ(plan.remove[0].reason, "SucceededDaemonPod");
}

TEST(DaemonSetBackoff, DoublesUpToAQuarterOfAnHourAndBeginsAnewWithAChange) {
  Backoff backoff;
  SteadyTime now{};
  EXPECT_EQ(backoff.Left("k", "u/1", now), Duration::zero());
  for (const int seconds : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}) {
    backoff.Deleted("k", "u/1", now);
    EXPECT_EQ(backoff.Left("k", "u/1", now), std::chrono::seconds(seconds));
    EXPECT_EQ(backoff.Left("k", "u/2", now), Duration::zero());
    now += std::chrono::seconds(seconds);
    EXPECT_EQ(backoff.Left("k", "u/1", now), Duration::zero());
  }
  backoff.Deleted("k", "u/2", now);
  EXPECT_EQ(backoff.Left("k", "u/2", now), Backoff::kFirst);
  now += 2 * Backoff::kLongest + std::chrono::seconds(1);
  backoff.Deleted("k", "u/2", now);
  EXPECT_EQ(backoff.Left("k", "u/2", now), Backoff::kFirst);
}

struct StatusCase {
  const char* what;
  std::function<void(World&)> arrange;
  const char* status;
};

TEST(DaemonSetPlan, TheStatusCountsNodes) {
  const StatusCase cases[] = {
      {"no pod yet", [](World&) {}, R"({"currentNumberScheduled": 0, "desiredNumberScheduled": 1,
        "numberMisscheduled": 0, "numberReady": 0, "numberUnavailable": 1, "observedGeneration": 4})"},
      {"all is well", [](World& world) { world.Add("a"); },
       R"({"currentNumberScheduled": 1, "desiredNumberScheduled": 1, "numberMisscheduled": 0, "numberReady": 1,
        "numberAvailable": 1, "updatedNumberScheduled": 1, "observedGeneration": 4})"},
      {"of an old template", [](World& world) { world.Add("a", "before", kUnready); },
       R"({"currentNumberScheduled": 1, "desiredNumberScheduled": 1, "numberMisscheduled": 0, "numberReady": 0,
        "numberUnavailable": 1, "observedGeneration": 4})"},
      {"a new one beside an old one: the older counts",
       [](World& world) {
         world.Add("old", "before");
         world.Add("new");
       },
       R"({"currentNumberScheduled": 1, "desiredNumberScheduled": 1, "numberMisscheduled": 0, "numberReady": 1,
        "numberAvailable": 1, "observedGeneration": 4})"},
      {"ready, and not for long enough",
       [](World& world) {
         world = World(Json{{"minReadySeconds", 7200}});
         world.Add("a");
       },
       R"({"currentNumberScheduled": 1, "desiredNumberScheduled": 1, "numberMisscheduled": 0, "numberReady": 1,
        "numberUnavailable": 1, "updatedNumberScheduled": 1, "observedGeneration": 4})"},
      {"where none should be",
       [](World& world) {
         world.Add("a");
         world.seen.node = Node(Taint("own", "NoSchedule"));
       },
       R"({"currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 1, "numberReady": 0,
        "observedGeneration": 4})"},
  };
  for (const StatusCase& each : cases) {
    World world;
    each.arrange(world);
    EXPECT_EQ(MakePlan(world.seen).status, Json::parse(each.status)) << each.what;
  }
}

TEST(DaemonSetPlan, KeepsSoManyOldTemplatesAsItIsTold) {
  World world(Json{{"revisionHistoryLimit", 1}});
  for (int i = 1; i <= 3; ++i) {
    Json body{{"apiVersion", "apps/v1"}, {"kind", "ControllerRevision"}, {"revision", i}, {"data", Json{{"n", i}}}};
    body["metadata"] = Json{{"name", fmt::format("agent-r{}", i)}, {"namespace", "default"}};
    world.seen.revisions.push_back(api::ControllerRevision::From(Object(std::move(body))));
  }
  world.Add("a", "r1");
  const Plan plan = MakePlan(world.seen);
  ASSERT_TRUE(plan.revision.create.has_value());
  EXPECT_EQ((*plan.revision.create)["revision"], 4);
  EXPECT_EQ((*plan.revision.create)["metadata"]["labels"],
            (Json{{"app", "agent"}, {"controller-revision-hash", plan.revision.hash}}));
  EXPECT_THAT(plan.surplus, ElementsAre("agent-r2")) << "a pod is of the first one";
}

}  // namespace
}  // namespace ordinal::controllers::daemonset

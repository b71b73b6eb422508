// The controllers together, from documents to ready pods.
#include "tests/unit/agent/controllers/cluster.h"

#include <gmock/gmock.h>

namespace ordinal::controllers {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

Json HeadlessService() {
  return Json::parse(R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kubia", "namespace": "default"},
    "spec": {"clusterIP": "None", "selector": {"app": "kubia"}, "ports": [{"name": "http", "port": 80}]}})");
}

class Kubia : public Cluster {
 protected:
  void Apply(int replicas, Json spec = Json::object()) {
    for (const char* name : {"pv-a", "pv-b", "pv-c"}) Create(Volume(name, "1Mi"));
    Create(HeadlessService());
    Create(Set("kubia", replicas, std::move(spec)));
  }
  std::map<std::string, std::string> VolumesOfClaims() {
    std::map<std::string, std::string> volumes;
    for (const Object& claim : List("PersistentVolumeClaim")) {
      volumes[claim.name()] = api::ReadString(claim.body()["spec"], "volumeName");
    }
    return volumes;
  }
  /// Names of the endpoints that are ready.
  std::vector<std::string> ReadyEndpoints() {
    std::vector<std::string> names;
    slices_.ForEach("default", [&](const Object& slice) {
      for (const Json& endpoint : slice.body()["endpoints"]) {
        if (endpoint["conditions"]["ready"] == true) names.push_back(endpoint["hostname"]);
      }
    });
    std::sort(names.begin(), names.end());
    return names;
  }
};

TEST_F(Kubia, APodIsReadOnceForEachOfItsChanges) {
  int changes = 0;
  caches_.Of<api::Pod>().OnChange([&](const objects::Change<api::Pod>&) { ++changes; });
  Apply(3);
  ASSERT_TRUE(Ready("kubia", 3));
  RunReady(io_);
  const uint64_t before = api::Pod::Made();
  changes = 0;
  // given a status that everybody looks at: the set, its endpoints, placement, ownership, claims
  const Object pod = *pods_.Find("default", "kubia-1");
  Json status = pod.body()["status"];
  status["phase"] = "Failed";
  const auto written = RunTask(io_, client_.UpdateStatus(pod.key(), "", std::move(status)));
  ASSERT_TRUE(written.ok());
  ASSERT_TRUE(Eventually([&] { return pods_.Find("default", "kubia-1")->uid() != pod.uid(); }));
  ASSERT_TRUE(Ready("kubia", 3));
  RunReady(io_);
  EXPECT_GT(changes, 4);
  // one that went is not read again
  EXPECT_EQ(api::Pod::Made() - before, static_cast<uint64_t>(changes) - 1);
}

TEST_F(Kubia, StartsInOrderWithItsVolumesAndEndpoints) {
  Apply(3);
  ASSERT_TRUE(Ready("kubia", 3));
  EXPECT_THAT(node_.started, ElementsAre("kubia-0", "kubia-1", "kubia-2"));
  const std::map<std::string, std::string> volumes{
      {"data-kubia-0", "pv-a"}, {"data-kubia-1", "pv-b"}, {"data-kubia-2", "pv-c"}};
  EXPECT_EQ(VolumesOfClaims(), volumes);
  EXPECT_TRUE(Eventually([&] { return ReadyEndpoints().size() == 3; }));
  EXPECT_EQ(List("EndpointSlice").size(), 1u);
  EXPECT_TRUE(Eventually([&] {
    const Object* endpoints = addresses_.Find("default", "kubia");
    return endpoints != nullptr && endpoints->body().contains("/subsets/0/addresses/2"_json_pointer);
  }));
  EXPECT_EQ(List("ControllerRevision").size(), 1u);
  const std::vector<std::string> created{
      "kubia SuccessfulCreate: create Claim data-kubia-0 Pod kubia-0 in StatefulSet kubia success",
      "kubia SuccessfulCreate: create Pod kubia-0 in StatefulSet kubia successful",
      "kubia-0 Scheduled: Successfully assigned default/kubia-0 to node-a"};
  EXPECT_THAT(events_.all, testing::IsSupersetOf(created));
}

TEST_F(Kubia, ANextOrdinalIsNotTouchedBeforeItsPredecessorIsReady) {
  node_.never_ready = {"kubia-0"};
  Apply(2);
  ASSERT_TRUE(Eventually([&] { return Get("Pod", "kubia-0")["status"]["phase"] == "Running"; }));
  RunReady(io_);
  EXPECT_THAT(Names("Pod"), ElementsAre("kubia-0"));
  EXPECT_THAT(Names("PersistentVolumeClaim"), ElementsAre("data-kubia-0"));
  // When it becomes ready, then the next one starts without anything else happening
  node_.never_ready.clear();
  node_.Again("kubia-0");
  EXPECT_TRUE(Ready("kubia", 2));
}

TEST_F(Kubia, WhatIsSettledIsNotWrittenAgain) {
  Apply(2);
  ASSERT_TRUE(Ready("kubia", 2));
  ASSERT_TRUE(Eventually([&] { return ReadyEndpoints().size() == 2; }));
  RunReady(io_);
  const uint64_t before = RunTask(io_, store_.List("Pod", {})).value().revision;
  // When an object changes that no rule looks at, then that one write is the only one
  Modify("Service", "kubia", [](Json& body) { body["metadata"]["annotations"]["note"] = "x"; });
  RunReady(io_);
  EXPECT_EQ(RunTask(io_, store_.List("Pod", {})).value().revision, before + 1);
}

TEST_F(Kubia, ScalesDownFromTheTopKeepsClaimsAndTakesThemAgain) {
  Apply(3);
  ASSERT_TRUE(Ready("kubia", 3));
  const auto volumes = VolumesOfClaims();
  Scale("kubia", 1);
  ASSERT_TRUE(Ready("kubia", 1));
  EXPECT_THAT(node_.ended, ElementsAre("kubia-2", "kubia-1"));
  EXPECT_EQ(VolumesOfClaims(), volumes);
  EXPECT_TRUE(Eventually([&] { return ReadyEndpoints() == std::vector<std::string>{"kubia-0"}; }));
  Scale("kubia", 3);
  ASSERT_TRUE(Ready("kubia", 3));
  EXPECT_EQ(VolumesOfClaims(), volumes);
}

TEST_F(Kubia, TheNextPodGoesOnlyWhenTheHigherOneIsGone) {
  Apply(3);
  ASSERT_TRUE(Ready("kubia", 3));
  node_.never_gone = {"kubia-2"};
  Scale("kubia", 1);
  ASSERT_TRUE(Eventually([&] { return Get("Pod", "kubia-2")["metadata"].contains("deletionTimestamp"); }));
  RunReady(io_);
  EXPECT_FALSE(Get("Pod", "kubia-1")["metadata"].contains("deletionTimestamp"));
  EXPECT_THAT(ReadyEndpoints(), ElementsAre("kubia-0", "kubia-1")) << "a leaving pod is not ready at once";
  node_.never_gone.clear();
  node_.Again("kubia-2");
  EXPECT_TRUE(Ready("kubia", 1));
}

TEST_F(Kubia, ADeletedOrFailedPodIsReplacedUnderItsNameWithItsVolume) {
  Apply(2);
  ASSERT_TRUE(Ready("kubia", 2));
  const auto volumes = VolumesOfClaims();
  std::string uid = Get("Pod", "kubia-0")["metadata"]["uid"];
  const auto replaced = [&] {
    const Object* pod = pods_.Find("default", "kubia-0");
    return pod != nullptr && pod->uid() != uid && api::Pod::From(*pod).Ready();
  };
  Delete("Pod", "kubia-0");
  ASSERT_TRUE(Eventually(replaced));
  uid = Get("Pod", "kubia-0")["metadata"]["uid"];
  Modify("Pod", "kubia-0", [](Json& body) { body["status"]["phase"] = "Failed"; });
  ASSERT_TRUE(Eventually(replaced));
  EXPECT_THAT(events_.all,
              Contains("kubia RecreatingFailedPod: StatefulSet default/kubia is recreating failed Pod kubia-0"));
  EXPECT_EQ(VolumesOfClaims(), volumes);
}

TEST_F(Kubia, ATemplateChangeRollsThroughFromTheTop) {
  Apply(3);
  ASSERT_TRUE(Ready("kubia", 3));
  node_.ended.clear();
  Modify("StatefulSet", "kubia", [](Json& body) { body["spec"]["template"]["metadata"]["annotations"]["v"] = "2"; });
  ASSERT_TRUE(Ready("kubia", 3));
  EXPECT_THAT(node_.ended, ElementsAre("kubia-2", "kubia-1", "kubia-0"));
  EXPECT_EQ(List("ControllerRevision").size(), 2u);
  const Json status = Get("StatefulSet", "kubia")["status"];
  EXPECT_EQ(Get("Pod", "kubia-0")["metadata"]["labels"]["controller-revision-hash"], status["updateRevision"]);
}

TEST_F(Kubia, DeletingTheSetTakesPodsAndRevisionsButNoClaim) {
  Apply(3);
  ASSERT_TRUE(Ready("kubia", 3));
  Delete("StatefulSet", "kubia");
  ASSERT_TRUE(Eventually([&] { return pods_.size() == 0 && revisions_.size() == 0; }));
  RunReady(io_);
  EXPECT_EQ(VolumesOfClaims().size(), 3u);
  EXPECT_EQ(slices_.size(), 1u) << "the service is still there";
  Delete("Service", "kubia");
  EXPECT_TRUE(Eventually([&] { return slices_.size() == 0 && addresses_.size() == 0; }));
}

TEST_F(Kubia, AnOrdinalThatDoesNotFitWaitsForRoom) {
  const auto make_room = [&](const char* pods) {
    const auto made = RunTask(io_, client_.Modify({"Node", "", "node-a"}, [&](Json& body) {
      body["status"]["allocatable"]["pods"] = pods;
      return true;
    }));
    ASSERT_TRUE(made.ok()) << made.error().message;
  };
  Create(Json::parse(R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-a"}, "spec": {}})"));
  make_room("2");
  Apply(3);
  ASSERT_TRUE(Eventually([&] {
    const Object* pod = pods_.Find("default", "kubia-2");
    return pod != nullptr && pod->body().dump().find("Too many pods (2 at most)") != std::string::npos;
  }));
  EXPECT_EQ(pods_.Find("default", "kubia-2")->body()["status"]["conditions"][0]["reason"], "Unschedulable");
  make_room("3");
  EXPECT_TRUE(Ready("kubia", 3));
}

TEST_F(Kubia, AClaimDeletedUnderAPodWithoutANodeIsMadeAgain) {
  Create(Json::parse(R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-a"},
                         "spec": {"unschedulable": true}})"));
  Apply(1);
  ASSERT_TRUE(Eventually([&] { return pods_.size() == 1 && claims_.Find("default", "data-kubia-0") != nullptr; }));
  const std::string uid = claims_.Find("default", "data-kubia-0")->uid();
  Delete("PersistentVolumeClaim", "data-kubia-0");
  EXPECT_TRUE(Eventually([&] {
    const Object* claim = claims_.Find("default", "data-kubia-0");
    return claim != nullptr && claim->uid() != uid;
  }));
  EXPECT_EQ(pods_.size(), 1u);
}

TEST_F(Kubia, WhenScaledDeleteTakesTheClaimOfAnExcessOrdinal) {
  const Json policy{{"whenScaled", "Delete"}, {"whenDeleted", "Retain"}};
  Apply(2, Json{{"persistentVolumeClaimRetentionPolicy", policy}});
  ASSERT_TRUE(Ready("kubia", 2));
  Scale("kubia", 1);
  ASSERT_TRUE(Gone(claims_, "data-kubia-1"));
  EXPECT_THAT(Names("PersistentVolumeClaim"), ElementsAre("data-kubia-0"));
  EXPECT_TRUE(Eventually([&] { return volumes_.Find("", "pv-b")->body()["status"]["phase"] == "Released"; }))
      << "the data is kept";
}

TEST_F(Kubia, ParallelStartsAllAtOnce) {
  for (int i = 0; i < 10; ++i) Create(Volume(fmt::format("pv-{}", i), "1Mi"));
  node_.never_ready = {"kubia-0", "kubia-1"};
  Create(Set("kubia", 10, Json{{"podManagementPolicy", "Parallel"}}));
  ASSERT_TRUE(Eventually([&] { return node_.started.size() == 10; }));
  EXPECT_EQ(VolumesOfClaims().size(), 10u);
}

TEST_F(Kubia, AnOrphanPodIsAdoptedAndAPodThatNoLongerMatchesIsReleased) {
  Create(Volume("pv-a", "1Mi"));
  Json pod = Json::parse(R"({"apiVersion": "v1", "kind": "Pod",
    "metadata": {"name": "kubia-0", "namespace": "default", "labels": {"app": "kubia"}},
    "spec": {"containers": [{"name": "kubia", "image": "busybox:1.35"}]}})");
  Create(pod);
  // OnDelete: with RollingUpdate the adopted pod, which no revision of the set made, would be replaced.
  Create(Set("kubia", 1, Json{{"updateStrategy", Json{{"type", "OnDelete"}, {"rollingUpdate", nullptr}}}}));
  const auto controller = [&]() -> std::string {
    const Object* found = pods_.Find("default", "kubia-0");
    if (found == nullptr) return "no pod";
    const api::Meta meta = api::ReadMeta(found->body());
    return meta.Controller() == nullptr ? "" : meta.Controller()->name;
  };
  ASSERT_TRUE(Eventually([&] { return controller() == "kubia"; }));
  Modify("Pod", "kubia-0", [](Json& body) { body["metadata"]["labels"]["app"] = "other"; });
  ASSERT_TRUE(Eventually([&] { return controller().empty(); }));
  // Its name is still taken: the set says so and does not touch it
  ASSERT_TRUE(Eventually([&] {
    return std::any_of(events_.all.begin(), events_.all.end(),
                       [](const std::string& event) { return event.find("does not control") != std::string::npos; });
  }));
  EXPECT_FALSE(Get("Pod", "kubia-0")["metadata"].contains("deletionTimestamp"));
}

TEST_F(Kubia, APodWaitsForItsVolumeAndSaysSo) {
  Create(Set("kubia", 1));
  ASSERT_TRUE(Eventually([&] {
    const Object* pod = pods_.Find("default", "kubia-0");
    if (pod == nullptr) return false;
    return !api::Pod::From(*pod).status.conditions.empty();
  }));
  const Json condition = Get("Pod", "kubia-0")["status"]["conditions"][0];
  EXPECT_EQ(condition["reason"], "Unschedulable");
  EXPECT_THAT(condition["message"].get<std::string>(), HasSubstr("data-kubia-0"));
  EXPECT_THAT(events_.all, Contains(HasSubstr("data-kubia-0 FailedBinding")));
  // When a volume comes, then the pod starts
  Create(Volume("pv-a", "1Mi"));
  EXPECT_TRUE(Ready("kubia", 1));
}

TEST_F(Kubia, AClaimInUseOutlivesItsDeletionUntilThePodIsGone) {
  Apply(1);
  ASSERT_TRUE(Ready("kubia", 1));
  Delete("PersistentVolumeClaim", "data-kubia-0");
  RunReady(io_);
  ASSERT_THAT(Names("PersistentVolumeClaim"), ElementsAre("data-kubia-0"));
  EXPECT_EQ(Get("PersistentVolume", "pv-a")["status"]["phase"], "Bound");
  // When the pod goes, then the claim does, its volume keeps the data, and the ordinal starts with a new claim
  const std::string uid = Get("PersistentVolumeClaim", "data-kubia-0")["metadata"]["uid"];
  Delete("Pod", "kubia-0");
  ASSERT_TRUE(Eventually([&] {
    const Object* claim = claims_.Find("default", "data-kubia-0");
    return claim != nullptr && claim->uid() != uid && claim->body()["status"]["phase"] == "Bound";
  }));
  EXPECT_EQ(Get("PersistentVolume", "pv-a")["status"]["phase"], "Released");
  EXPECT_EQ(VolumesOfClaims()["data-kubia-0"], "pv-b");
  EXPECT_TRUE(Ready("kubia", 1));
}

TEST_F(Kubia, APodWithoutClaimsIsPlacedAtOnce) {
  Create(Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "single", "namespace": "default"},
    "spec": {"containers": [{"name": "c", "image": "busybox:1.35"}]}})"));
  EXPECT_TRUE(Eventually([&] { return node_.started == std::vector<std::string>{"single"}; }));
}

}  // namespace
}  // namespace ordinal::controllers

// ReplicaSets and Deployments over a memory store with all controllers: the recorded session of a real cluster
// (delete a pod, add a stray one, relabel one, scale), and rollouts.
#include <regex>

#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers {
namespace {

class ReplicaSets : public Cluster {
 protected:
  bool Settled(const std::string& name, int64_t replicas) {
    return Eventually([&] {
      const Object* set = replica_sets_.Find("default", name);
      if (set == nullptr) return false;
      const Json& status = api::Member(set->body(), "status");
      return api::ReadInt(status, "replicas") == replicas && api::ReadInt(status, "readyReplicas") == replicas &&
             api::ReadInt(status, "observedGeneration") == api::ReadMeta(set->body()).generation;
    });
  }
  bool RolledOut(const std::string& name, int64_t replicas) {
    return Eventually([&] {
      const Object* found = deployments_.Find("default", name);
      if (found == nullptr) return false;
      const Json& status = api::Member(found->body(), "status");
      return api::ReadInt(status, "updatedReplicas") == replicas && api::ReadInt(status, "replicas") == replicas &&
             api::ReadInt(status, "availableReplicas") == replicas &&
             api::ReadInt(status, "observedGeneration") == api::ReadMeta(found->body()).generation &&
             pods_.size() == static_cast<size_t>(replicas);
    });
  }
  void Resize(const std::string& kind, const std::string& name, int replicas) {
    Modify(kind, name, [&](Json& body) { body["spec"]["replicas"] = replicas; });
  }
  Json Stray(const std::string& name) {
    Json pod = Replicas("web", 1)["spec"]["template"];
    pod["apiVersion"] = "v1";
    pod["kind"] = "Pod";
    pod["metadata"]["name"] = name;
    pod["metadata"]["namespace"] = "default";
    return pod;
  }
  std::vector<std::string> Said(const std::string& about) {
    std::vector<std::string> said;
    for (const std::string& event : events_.all) {
      if (event.starts_with(about + " ")) said.push_back(event);
    }
    return said;
  }
};

TEST_F(ReplicaSets, MakesItsPods) {
  Create(Replicas("web", 3));
  ASSERT_TRUE(Settled("web", 3));
  const std::regex name("web-[bcdfghjklmnpqrstvwxz2456789]{5}");
  const auto pods = List("Pod");
  ASSERT_EQ(pods.size(), 3U);
  for (const Object& pod : pods) {
    EXPECT_TRUE(std::regex_match(pod.name(), name)) << pod.name();
    const Json& metadata = pod.body()["metadata"];
    EXPECT_EQ(metadata["generateName"], "web-");
    EXPECT_EQ(metadata["labels"], (Json{{"app", "web"}}));
    EXPECT_EQ(metadata["ownerReferences"], Json::array({Json{{"apiVersion", "apps/v1"},
                                                             {"kind", "ReplicaSet"},
                                                             {"name", "web"},
                                                             {"uid", Get("ReplicaSet", "web")["metadata"]["uid"]},
                                                             {"controller", true},
                                                             {"blockOwnerDeletion", true}}}));
  }
  EXPECT_EQ(Get("ReplicaSet", "web")["status"], (Json{{"replicas", 3},
                                                      {"fullyLabeledReplicas", 3},
                                                      {"readyReplicas", 3},
                                                      {"availableReplicas", 3},
                                                      {"observedGeneration", 1}}));
  const auto said = Said("web");
  ASSERT_EQ(said.size(), 3U);
  for (const std::string& event : said) EXPECT_TRUE(event.starts_with("web SuccessfulCreate: Created pod: web-"));
}

TEST_F(ReplicaSets, ALostPodIsReplacedOnce) {
  Create(Replicas("web", 3));
  ASSERT_TRUE(Settled("web", 3));
  const std::string lost = Names("Pod")[1];
  Delete("Pod", lost);
  ASSERT_TRUE(Gone(pods_, lost));
  ASSERT_TRUE(Eventually([&] { return node_.started.size() == 4; }));  // the status may still be of before
  ASSERT_TRUE(Settled("web", 3));
  EXPECT_EQ(node_.started.size(), 4U);
}

TEST_F(ReplicaSets, AnEndedPodIsReplacedAndStays) {
  Create(Replicas("web", 1));
  ASSERT_TRUE(Settled("web", 1));
  const std::string ended = Names("Pod")[0];
  Modify("Pod", ended, [](Json& body) { body["status"]["phase"] = "Failed"; });
  ASSERT_TRUE(Eventually([&] { return pods_.size() == 2; }));
  ASSERT_TRUE(Settled("web", 1));
  EXPECT_FALSE(Get("Pod", ended).is_null());
}

TEST_F(ReplicaSets, AStrayPodIsAdoptedAndIsTheFirstToGo) {
  Create(Replicas("web", 3));
  ASSERT_TRUE(Settled("web", 3));
  const auto before = Names("Pod");
  node_.never_ready.insert("stray");
  Create(Stray("stray"));
  ASSERT_TRUE(Gone(pods_, "stray"));
  EXPECT_EQ(Names("Pod"), before);
  EXPECT_EQ(Said("web").back(), "web SuccessfulDelete: Deleted pod: stray");
}

TEST_F(ReplicaSets, OrphansAreAdoptedBeforeAnythingIsMade) {
  Create(Stray("first"));
  Create(Stray("second"));
  Create(Replicas("web", 2));
  ASSERT_TRUE(Settled("web", 2));
  EXPECT_EQ(Names("Pod"), (std::vector<std::string>{"first", "second"}));
}

TEST_F(ReplicaSets, ARelabelledPodIsReleasedAndReplaced) {
  Create(Replicas("web", 2));
  ASSERT_TRUE(Settled("web", 2));
  const std::string released = Names("Pod")[0];
  Modify("Pod", released, [](Json& body) { body["metadata"]["labels"]["app"] = "released"; });
  ASSERT_TRUE(Eventually([&] { return pods_.size() == 3; }));
  ASSERT_TRUE(Settled("web", 2));
  EXPECT_FALSE(Get("Pod", released)["metadata"].contains("ownerReferences"));
  Delete("ReplicaSet", "web");
  ASSERT_TRUE(Eventually([&] { return pods_.size() == 1; }));
  EXPECT_EQ(Names("Pod"), std::vector<std::string>{released});
}

TEST_F(ReplicaSets, ScalesUpAndDownToNothing) {
  Create(Replicas("web", 1));
  ASSERT_TRUE(Settled("web", 1));
  Resize("ReplicaSet", "web", 40);
  ASSERT_TRUE(Settled("web", 40));
  EXPECT_EQ(pods_.size(), 40U);
  EXPECT_EQ(node_.started.size(), 40U) << "none was made twice, however far the cache was behind";
  Resize("ReplicaSet", "web", 0);
  ASSERT_TRUE(Eventually([&] { return pods_.size() == 0; }));
  ASSERT_TRUE(Settled("web", 0));
  EXPECT_EQ(node_.ended.size(), 40U);
}

TEST_F(ReplicaSets, TwoSetsOfOneSelectorLeaveEachOthersPodsAlone) {
  Create(Replicas("web", 2));
  ASSERT_TRUE(Settled("web", 2));
  Json twin = Replicas("web", 2);
  twin["metadata"]["name"] = "twin";
  Create(twin);
  ASSERT_TRUE(Settled("twin", 2));
  EXPECT_EQ(pods_.size(), 4U);
}

class Deployments : public ReplicaSets {
 protected:
  static Json Deployment(int replicas, const Json& strategy) {
    Json body = Replicas("web", replicas);
    body["kind"] = "Deployment";
    body["spec"]["strategy"] = strategy;
    return body;
  }
  void SetImage(const std::string& image) {
    Modify("Deployment", "web",
           [&](Json& body) { body["spec"]["template"]["spec"]["containers"][0]["image"] = image; });
  }
};

TEST_F(Deployments, RollOutAndUndo) {
  Create(Deployment(3, Json{{"type", "RollingUpdate"}}));
  ASSERT_TRUE(RolledOut("web", 3));
  const std::string first = Names("ReplicaSet")[0];
  EXPECT_EQ(Said("web").front(), fmt::format("web ScalingReplicaSet: Scaled up replica set {} from 0 to 3", first));
  SetImage("busybox:1.36");
  ASSERT_TRUE(RolledOut("web", 3));
  EXPECT_EQ(List("ReplicaSet").size(), 2U);
  EXPECT_EQ(Get("ReplicaSet", first)["spec"]["replicas"], 0);
  for (const Object& pod : List("Pod")) EXPECT_EQ(pod.body()["spec"]["containers"][0]["image"], "busybox:1.36");
  EXPECT_EQ(Get("Deployment", "web")["metadata"]["annotations"]["deployment.kubernetes.io/revision"], "2");

  SetImage("busybox:1.35");
  ASSERT_TRUE(RolledOut("web", 3));
  EXPECT_EQ(List("ReplicaSet").size(), 2U);
  EXPECT_EQ(Get("ReplicaSet", first)["spec"]["replicas"], 3);
  EXPECT_EQ(Get("Deployment", "web")["metadata"]["annotations"]["deployment.kubernetes.io/revision"], "3");
}

TEST_F(Deployments, ANameOfASetThatIsTakenIsAvoided) {
  Create(Deployment(1, Json{{"type", "RollingUpdate"}}));
  ASSERT_TRUE(RolledOut("web", 1));
  const std::string name = Names("ReplicaSet").at(0);
  Delete("Deployment", "web");
  ASSERT_TRUE(Eventually([&] { return pods_.size() + replica_sets_.size() + deployments_.size() == 0; }));
  Json another = Replicas(name, 0);
  another["spec"]["selector"]["matchLabels"] = another["spec"]["template"]["metadata"]["labels"] = {{"a", "b"}};
  Create(another);
  Create(Deployment(1, Json{{"type", "RollingUpdate"}}));
  ASSERT_TRUE(RolledOut("web", 1));
  EXPECT_EQ(Get("Deployment", "web")["status"]["collisionCount"], 1);
  EXPECT_EQ(List("ReplicaSet").size(), 2U);
}

TEST_F(Deployments, RecreateNeverRunsTwoTemplatesAtOnce) {
  Create(Deployment(2, Json{{"type", "Recreate"}}));
  ASSERT_TRUE(RolledOut("web", 2));
  const auto old = Names("Pod");
  for (const std::string& pod : old) node_.never_gone.insert(pod);
  SetImage("busybox:1.36");
  ASSERT_TRUE(Eventually([&] {
    size_t leaving = 0;
    pods_.ForEach("default", [&](const Object& pod) { leaving += api::ReadMeta(pod.body()).deleting(); });
    return leaving == 2;
  }));
  RunReady(io_);
  EXPECT_EQ(Names("Pod"), old);
  EXPECT_EQ(Get("Deployment", "web")["status"]["terminatingReplicas"], 2);
  EXPECT_EQ(List("ReplicaSet").size(), 1U);
  node_.never_gone.clear();
  for (const std::string& pod : old) node_.Again(pod);
  ASSERT_TRUE(RolledOut("web", 2));
  EXPECT_EQ(List("ReplicaSet").size(), 2U);
}

}  // namespace
}  // namespace ordinal::controllers

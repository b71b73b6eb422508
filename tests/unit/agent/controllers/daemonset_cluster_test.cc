// DaemonSets and ReplicationControllers over a memory store with all controllers: rollouts, undo, adoption, scaling.
#include <gmock/gmock.h>

#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DaemonSets : public Cluster {
 protected:
  DaemonSets() { Create(Json::parse(R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-a"}})")); }
  void Apply(const Json& spec = Json::object()) {
    Json body = Replicas("agent", 1);
    body["kind"] = "DaemonSet";
    body["spec"].erase("replicas");
    body["spec"].merge_patch(spec);
    Create(body);
  }
  void SetImage(const std::string& image) {
    Modify("DaemonSet", "agent",
           [&](Json& body) { body["spec"]["template"]["spec"]["containers"][0]["image"] = image; });
  }
  /// As `kubectl rollout status` looks at it, with no other pod left.
  bool RolledOut(int64_t nodes = 1) {
    return Eventually([&] {
      const Object* set = daemon_sets_.Find("default", "agent");
      if (set == nullptr) return false;
      const Json& status = api::Member(set->body(), "status");
      return api::ReadInt(status, "observedGeneration") == api::ReadMeta(set->body()).generation &&
             api::ReadInt(status, "desiredNumberScheduled") == nodes &&
             api::ReadInt(status, "updatedNumberScheduled") == nodes &&
             api::ReadInt(status, "numberAvailable") == nodes && pods_.size() == static_cast<size_t>(nodes);
    });
  }
  std::string ImageOfThePod() {
    const auto pods = List("Pod");
    return pods.size() == 1 ? pods[0].body()["spec"]["containers"][0]["image"].get<std::string>() : "";
  }
};

TEST_F(DaemonSets, UpdateAndGoBack) {
  Apply();
  ASSERT_TRUE(RolledOut());
  EXPECT_THAT(Names("ControllerRevision"), SizeIs(1));
  SetImage("busybox:2");
  ASSERT_TRUE(RolledOut());
  EXPECT_EQ(ImageOfThePod(), "busybox:2");
  EXPECT_THAT(Names("ControllerRevision"), SizeIs(2));
  // What `kubectl rollout undo` does: the template of the earlier revision.
  SetImage("busybox:1.35");
  ASSERT_TRUE(RolledOut());
  EXPECT_EQ(ImageOfThePod(), "busybox:1.35");
  ASSERT_TRUE(Eventually([&] {
    std::vector<int64_t> numbers;
    for (const Object& revision : List("ControllerRevision")) numbers.push_back(revision.body()["revision"]);
    return std::set<int64_t>(numbers.begin(), numbers.end()) == std::set<int64_t>{2, 3};
  })) << "the earlier revision is the newest again";
}

TEST_F(DaemonSets, SurgeMakesTheNewPodFirst) {
  Apply(Json{{"updateStrategy", Json{{"rollingUpdate", Json{{"maxUnavailable", 0}, {"maxSurge", 1}}}}}});
  ASSERT_TRUE(RolledOut());
  const std::string first = node_.started.at(0);
  SetImage("busybox:2");
  ASSERT_TRUE(RolledOut());
  EXPECT_THAT(node_.started, SizeIs(2));
  EXPECT_THAT(node_.ended, ElementsAre(first));
}

TEST_F(DaemonSets, FollowTheNodesLabelsAndItsCordon) {
  Apply(Json{{"template", Json{{"spec", Json{{"nodeSelector", Json{{"disk", "ssd"}}}}}}}});
  ASSERT_TRUE(RolledOut(0));
  const auto change_node = [&](const std::function<void(Json&)>& change) {
    std::function<bool(Json&)> edit = [&](Json& body) {
      change(body);
      return true;
    };
    ASSERT_TRUE(RunTask(io_, client_.Modify({"Node", "", "node-a"}, edit)).ok());
  };
  change_node([](Json& body) { body["metadata"]["labels"]["disk"] = "ssd"; });
  ASSERT_TRUE(RolledOut(1));
  change_node([](Json& body) { body["spec"]["unschedulable"] = true; });
  SetImage("busybox:2");
  ASSERT_TRUE(RolledOut(1)) << "a cordon keeps no DaemonSet away";
  change_node([](Json& body) { body["metadata"]["labels"].erase("disk"); });
  ASSERT_TRUE(RolledOut(0));
}

TEST_F(DaemonSets, TheirPodsAndRevisionsGoWithThemOrAreAdopted) {
  Apply();
  ASSERT_TRUE(RolledOut());
  const std::string pod = Names("Pod").at(0), revision = Names("ControllerRevision").at(0);
  objects::DeleteOptions orphan;
  orphan.propagation = objects::Propagation::kOrphan;
  ASSERT_TRUE(RunTask(io_, client_.Delete({"DaemonSet", "default", "agent"}, orphan)).ok());
  ASSERT_TRUE(Gone(daemon_sets_, "agent"));
  Apply();
  ASSERT_TRUE(RolledOut());
  EXPECT_THAT(Names("Pod"), ElementsAre(pod));
  EXPECT_THAT(Names("ControllerRevision"), ElementsAre(revision));
  Delete("DaemonSet", "agent");
  ASSERT_TRUE(Eventually([&] { return pods_.size() == 0 && revisions_.size() == 0; }));
}

TEST_F(DaemonSets, AndAStatefulSetOfTheirNameAndTemplateHavePodsBoth) {
  Apply();
  ASSERT_TRUE(RolledOut());
  Json set = Replicas("agent", 1, Json{{"serviceName", "agent"}});
  set["kind"] = "StatefulSet";
  Create(set);
  ASSERT_TRUE(Ready("agent", 1));
  EXPECT_EQ(Get("StatefulSet", "agent")["status"]["collisionCount"], 1);
  EXPECT_THAT(Names("ControllerRevision"), SizeIs(2));
}

TEST_F(DaemonSets, APodThatIsRelabelledIsReleasedAndReplaced) {
  Apply();
  ASSERT_TRUE(RolledOut());
  const std::string pod = Names("Pod").at(0);
  Modify("Pod", pod, [](Json& body) { body["metadata"]["labels"]["app"] = "other"; });
  ASSERT_TRUE(Eventually([&] { return pods_.size() == 2; }));
  EXPECT_FALSE(Get("Pod", pod)["metadata"].contains("ownerReferences"));
}

class ReplicationControllers : public Cluster {
 protected:
  bool Settled(int64_t replicas) {
    return Eventually([&] {
      const Object* found = controllers_.Find("default", "web");
      if (found == nullptr) return false;
      const Json& status = api::Member(found->body(), "status");
      return api::ReadInt(status, "replicas") == replicas && api::ReadInt(status, "readyReplicas") == replicas &&
             api::ReadInt(status, "observedGeneration") == api::ReadMeta(found->body()).generation;
    });
  }
};

TEST_F(ReplicationControllers, AdoptMakeAndScale) {
  Json stray = Replicas("web", 1)["spec"]["template"];
  stray["apiVersion"] = "v1";
  stray["kind"] = "Pod";
  stray["metadata"]["name"] = "stray";
  stray["metadata"]["namespace"] = "default";
  Create(stray);
  Json body = Replicas("web", 3);
  body["apiVersion"] = "v1";
  body["kind"] = "ReplicationController";
  body["spec"]["selector"] = Json{{"app", "web"}};
  Create(body);
  ASSERT_TRUE(Settled(3));
  EXPECT_EQ(pods_.size(), 3u);
  EXPECT_EQ(Get("Pod", "stray")["metadata"]["ownerReferences"][0]["kind"], "ReplicationController");
  Modify("ReplicationController", "web", [](Json& of) { of["spec"]["replicas"] = 1; });
  ASSERT_TRUE(Settled(1));
  ASSERT_TRUE(Eventually([&] { return pods_.size() == 1; }));
  Delete("ReplicationController", "web");
  ASSERT_TRUE(Eventually([&] { return pods_.size() == 0; }));
}

}  // namespace
}  // namespace ordinal::controllers

// Disruption budgets over a memory store, with sets and a node: the status follows the pods and what their sets want.
#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers {
namespace {

class Disruptions : public Cluster {
 protected:
  static Json Budget(const Json& spec) {
    Json body{{"apiVersion", "policy/v1"}, {"kind", "PodDisruptionBudget"}, {"metadata", Json{{"name", "web"}}}};
    body["spec"] = Json{{"selector", Json{{"matchLabels", Json{{"app", "web"}}}}}};
    body["spec"].merge_patch(spec);
    return body;
  }
  bool Reaches(int expected, int healthy, int allowed) {
    return Eventually([&] {
      const Object* budget = budgets_.Find("default", "web");
      if (budget == nullptr) return false;
      const Json& status = api::Member(budget->body(), "status");
      return api::ReadInt(status, "expectedPods") == expected && api::ReadInt(status, "currentHealthy") == healthy &&
             api::ReadInt(status, "disruptionsAllowed") == allowed &&
             api::ReadInt(status, "observedGeneration") == api::ReadMeta(budget->body()).generation;
    });
  }
};

TEST_F(Disruptions, TheStatusFollowsThePodsAndTheScaleOfTheirDeployment) {
  Create(Budget({{"maxUnavailable", "50%"}}));
  ASSERT_TRUE(Reaches(0, 0, 0));
  Json deployment = Replicas("web", 4);
  deployment["kind"] = "Deployment";
  Create(deployment);
  ASSERT_TRUE(Reaches(4, 4, 2));
  Modify("Deployment", "web", [](Json& body) { body["spec"]["replicas"] = 2; });
  ASSERT_TRUE(Reaches(2, 2, 1));
  Modify("PodDisruptionBudget", "web", [](Json& body) {
    body["spec"].erase("maxUnavailable");
    body["spec"]["minAvailable"] = 2;
  });
  ASSERT_TRUE(Reaches(2, 2, 0));
}

TEST_F(Disruptions, OfAStatefulSetTooAndOfPodsThatAreNotReady) {
  Create(Budget({{"maxUnavailable", 1}, {"selector", Json{{"matchLabels", Json{{"app", "kubia"}}}}}}));
  Json set = Set("kubia", 2, {{"podManagementPolicy", "Parallel"}});
  set["spec"].erase("volumeClaimTemplates");
  node_.never_ready.insert("kubia-1");
  Create(set);
  ASSERT_TRUE(Reaches(2, 1, 0));
  node_.never_ready.clear();
  node_.Again("kubia-1");
  ASSERT_TRUE(Reaches(2, 2, 1));
}

TEST_F(Disruptions, AStatusThatAnEvictionChangedMeanwhileIsNotOverwritten) {
  Create(Replicas("web", 3));
  Create(Budget({{"minAvailable", 1}}));
  ASSERT_TRUE(Reaches(3, 3, 2));
  // An eviction is allowed and its pod stays: the budget must not hand out the same disruption again.
  const std::string pod = Names("Pod")[0];
  Modify("PodDisruptionBudget", "web", [&](Json& body) {
    body["status"]["disruptionsAllowed"] = 1;
    body["status"]["disruptedPods"][pod] = FormatTime(clock_.Now());
  });
  ASSERT_TRUE(Reaches(3, 2, 1));
  EXPECT_TRUE(Get("PodDisruptionBudget", "web")["status"]["disruptedPods"].contains(pod));
  node_.never_gone.insert(pod);
  Delete("Pod", pod);
  ASSERT_TRUE(Eventually([&] { return !Get("PodDisruptionBudget", "web")["status"].contains("disruptedPods"); }));
}

}  // namespace
}  // namespace ordinal::controllers

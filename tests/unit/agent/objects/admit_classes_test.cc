// What a new pod gets of its priority class and of its runtime class.
#include <gmock/gmock.h>

#include "agent/api/read.h"
#include "agent/objects/local/local_objects.h"
#include "agent/objects/system_priorities.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::objects {
namespace {

using api::Json;

class AdmitClasses : public ::testing::Test {
 protected:
  static Json Priority(const std::string& name, int value, bool usual = false) {
    return {{"apiVersion", "scheduling.k8s.io/v1"},
            {"kind", "PriorityClass"},
            {"metadata", {{"name", name}}},
            {"value", value},
            {"globalDefault", usual}};
  }
  static Json Runtime(Json members) {
    members["apiVersion"] = "node.k8s.io/v1";
    members["kind"] = "RuntimeClass";
    members["metadata"]["name"] = "vm";
    members["handler"] = "kata";
    return members;
  }
  void Make(Json body) {
    const auto made = RunTask(io_, client_.Create(std::move(body)));
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  Result<Written> Pod(Json spec) {
    spec["containers"] = Json::array({Json{{"name", "main"}, {"image", "a:1"}}});
    Json pod{{"apiVersion", "v1"},
             {"kind", "Pod"},
             {"metadata", {{"name", "db-" + std::to_string(pods_++)}, {"namespace", "default"}}},
             {"spec", std::move(spec)}};
    return RunTask(io_, client_.Create(std::move(pod)));
  }
  Json SpecOf(Json spec) {
    const auto made = Pod(std::move(spec));
    EXPECT_TRUE(made.ok()) << made.error().message;
    return made.ok() ? made->object.body()["spec"] : Json();
  }
  std::string Refusal(Json spec) {
    const auto made = Pod(std::move(spec));
    EXPECT_FALSE(made.ok());
    if (made.ok()) return "";
    EXPECT_EQ(made.error().reason, "Forbidden");
    const std::string& message = made.error().message;
    return message.substr(message.find("forbidden: ") + 11);
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  store::MemoryStore store_;
  LocalObjects client_{store_, clock_, random_};
  int pods_ = 0;
};

TEST_F(AdmitClasses, WithoutAClassThePriorityIsZeroAsRecorded) {
  const Json spec = SpecOf(Json::object());
  EXPECT_EQ(spec["priority"], 0);  // golden/04-api/defaults/pod.json
  EXPECT_EQ(spec["preemptionPolicy"], "PreemptLowerPriority");
  EXPECT_FALSE(spec.contains("priorityClassName"));
}

TEST_F(AdmitClasses, APodHasThePriorityOfItsClass) {
  Json high = Priority("high", 1000);
  high["preemptionPolicy"] = "Never";
  Make(high);
  const Json spec = SpecOf({{"priorityClassName", "high"}, {"priority", 1000}});
  EXPECT_EQ(spec["priority"], 1000);
  EXPECT_EQ(spec["preemptionPolicy"], "Never");
  EXPECT_EQ(Refusal({{"priorityClassName", "nosuch"}}), "no PriorityClass with name nosuch was found");
  EXPECT_EQ(
      Refusal({{"priorityClassName", "high"}, {"priority", 7}}),
      "the integer value of priority (7) must not be provided in pod spec; priority admission controller computed "
      "1000 from the given PriorityClass name");
  EXPECT_EQ(Refusal({{"priorityClassName", "high"}, {"preemptionPolicy", "PreemptLowerPriority"}}),
            "the string value of PreemptionPolicy (PreemptLowerPriority) must not be provided in pod spec; priority "
            "admission controller computed Never from the given PriorityClass name");
}

TEST_F(AdmitClasses, TheDefaultClassIsForPodsThatNameNoneAndThereIsOneAtMost) {
  Make(Priority("usual", 10, true));
  EXPECT_EQ(SpecOf(Json::object())["priorityClassName"], "usual");
  EXPECT_EQ(SpecOf(Json::object())["priority"], 10);
  const auto second = RunTask(io_, client_.Create(Priority("other", 5, true)));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(
      second.error().message,
      "priorityclasses.scheduling.k8s.io \"other\" is forbidden: PriorityClass usual is already marked as default. "
      "Only one default can exist");
  Json again = Priority("usual", 10, true);
  again["description"] = "as before";
  EXPECT_TRUE(RunTask(io_, client_.Update(again)).ok()) << "it may stay the default";
}

TEST_F(AdmitClasses, TheSystemsClassesAreThereAndCannotBeDeleted) {
  ASSERT_TRUE(RunTask(io_, MakeSystemPriorities(client_)).ok());
  ASSERT_TRUE(RunTask(io_, MakeSystemPriorities(client_)).ok()) << "at the next start";
  EXPECT_EQ(SpecOf({{"priorityClassName", "system-node-critical"}})["priority"], 2'000'001'000);
  EXPECT_EQ(SpecOf({{"priorityClassName", "system-cluster-critical"}})["priority"], 2'000'000'000);
  const ObjectKey key{"PriorityClass", "", "system-node-critical"};
  const auto removed = RunTask(io_, client_.Remove(key, DeleteOptions()));
  ASSERT_FALSE(removed.ok());
  EXPECT_EQ(
      removed.error().message,
      "priorityclasses.scheduling.k8s.io \"system-node-critical\" is forbidden: this is a system priority class and "
      "cannot be deleted");
}

TEST_F(AdmitClasses, APodOfARuntimeClassTakesItsOverheadAndItsPlaces) {
  Make(Runtime(Json::parse(R"({"overhead": {"podFixed": {"cpu": "250m", "memory": "65536Ki"}},
    "scheduling": {"nodeSelector": {"kata": "yes"}, "tolerations": [
      {"key": "vm", "operator": "Exists", "effect": "NoSchedule"}, {"key": "a", "operator": "Exists"}]}})")));
  const Json spec = SpecOf(Json::parse(R"({"runtimeClassName": "vm", "nodeSelector": {"disk": "ssd"},
    "tolerations": [{"key": "a", "operator": "Equal", "value": "b", "effect": "NoSchedule"}]})"));
  EXPECT_EQ(spec["overhead"], Json::parse(R"({"cpu": "250m", "memory": "64Mi"})"));
  EXPECT_EQ(spec["nodeSelector"], Json::parse(R"({"disk": "ssd", "kata": "yes"})"));
  std::vector<std::string> keys;
  for (const Json& toleration : spec["tolerations"]) keys.push_back(toleration["key"]);
  EXPECT_THAT(keys, testing::ElementsAre("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", "vm", "a"))
      << "what another one covers is not kept";
}

TEST_F(AdmitClasses, WhoLeavesOutWhatTheClassAddedChangesNothing) {
  Make(Runtime(Json::parse(R"({"scheduling": {"nodeSelector": {"kata": "yes"},
    "tolerations": [{"key": "vm", "operator": "Exists", "effect": "NoSchedule"}]}})")));
  const Json written = Json::parse(R"({"runtimeClassName": "vm", "nodeSelector": {"disk": "ssd"},
    "tolerations": [{"key": "a", "operator": "Exists"}]})");
  const auto made = Pod(written);
  ASSERT_TRUE(made.ok()) << made.error().message;
  const Json spec = made->object.body()["spec"];
  Json again = made->object.body();
  again["metadata"]["labels"]["a"] = "b";
  again["spec"]["nodeSelector"] = written["nodeSelector"];
  again["spec"]["tolerations"] = written["tolerations"];
  const auto changed = RunTask(io_, client_.Update(again));
  ASSERT_TRUE(changed.ok()) << changed.error().message;
  EXPECT_EQ(changed->object.body()["spec"]["nodeSelector"], spec["nodeSelector"]);
  const auto stored = spec["tolerations"].get<std::vector<Json>>();
  const auto kept = changed->object.body()["spec"]["tolerations"].get<std::vector<Json>>();
  EXPECT_THAT(kept, testing::UnorderedElementsAreArray(stored));
  Json other = changed->object.body();
  other["spec"]["nodeSelector"] = {{"disk", "slow"}};
  EXPECT_FALSE(RunTask(io_, client_.Update(other)).ok()) << "that is a change";
}

TEST_F(AdmitClasses, ManyTolerationsAreMergedAtOnce) {
  Json many = Json::array(), others = Json::array();
  for (int i = 0; i < 1000; ++i) {
    many.push_back(Json{{"key", "k"}, {"value", std::to_string(i)}, {"effect", "NoSchedule"}});
    others.push_back(Json{{"key", "k"}, {"value", std::to_string(i / 2)}, {"effect", "NoSchedule"}});
  }
  others.back() = Json::parse(R"({"key": "k", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 9})");
  Make(Runtime(Json{{"scheduling", {{"tolerations", others}}}}));
  const Json spec = SpecOf(Json{{"runtimeClassName", "vm"}, {"tolerations", many}});
  EXPECT_EQ(spec["tolerations"].size(), 1000U + 2 + 1) << "those of both once, the usual two, and the class's own";
}

TEST_F(AdmitClasses, OfSecondsTheLongerOnesCount) {
  Make(Runtime(Json::parse(R"({"scheduling": {"tolerations": [
    {"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 9},
    {"key": "b", "operator": "Exists", "effect": "NoExecute"}]}})")));
  const Json spec = SpecOf(Json::parse(R"({"runtimeClassName": "vm", "tolerations": [
    {"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5},
    {"key": "a", "value": "x", "effect": "NoExecute", "tolerationSeconds": 10},
    {"key": "b", "value": "x", "effect": "NoExecute", "tolerationSeconds": 10}]})"));
  std::vector<std::string> kept;
  for (const Json& toleration : spec["tolerations"]) {
    const std::string key = toleration["key"];
    if (key.size() == 1) kept.push_back(key + " " + std::to_string(api::ReadInt(toleration, "tolerationSeconds")));
  }
  EXPECT_THAT(kept, testing::ElementsAre("a 10", "a 9", "b 0"));
}

TEST_F(AdmitClasses, ARuntimeClassThatDoesNotFitIsARefusal) {
  EXPECT_EQ(Refusal({{"runtimeClassName", "vm"}}), "pod rejected: RuntimeClass \"vm\" not found");
  EXPECT_EQ(Refusal({{"overhead", {{"cpu", "1"}}}}),
            "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
  Make(Runtime(Json::parse(R"({"overhead": {"podFixed": {"cpu": "250m"}},
                              "scheduling": {"nodeSelector": {"kata": "yes"}}})")));
  EXPECT_EQ(Refusal({{"runtimeClassName", "vm"}, {"overhead", {{"cpu", "1"}}}}),
            "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  EXPECT_EQ(Refusal({{"runtimeClassName", "vm"}, {"nodeSelector", {{"kata", "no"}}}}),
            "conflict: runtimeClass.scheduling.nodeSelector[kata] = yes; pod.spec.nodeSelector[kata] = no");
}

}  // namespace
}  // namespace ordinal::objects

// Who has to make room for a more important pod, and what comes of it.
#include "agent/controllers/placement/preemption.h"

#include <gmock/gmock.h>

#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers {
namespace {

using placement::ChooseVictims;
using placement::Footprint;
using placement::Neighbours;
using placement::Resident;
using testing::ElementsAre;
using testing::IsEmpty;

struct Room {
  Neighbours others;
  std::vector<Resident> lower;
  api::Refs<api::PodDisruptionBudget> budgets;

  void Add(const std::string& name, int priority, const char* cpu, const Json& more = Json::object()) {
    Json body = Json::parse(R"({"metadata": {"namespace": "default"}, "spec": {"containers": [{"name": "a"}]}})");
    body["metadata"]["name"] = name;
    body["spec"]["priority"] = priority;
    body["spec"]["containers"][0]["resources"]["requests"]["cpu"] = cpu;
    body.merge_patch(more);
    const api::Ref<api::Pod> pod(api::Pod::From(Object(body)));
    others.Put("default/" + name, Footprint::Of(*pod));
    lower.push_back({"default/" + name, pod, priority});
  }
  void Protect(const char* label, int allowed) {
    Json body{{"metadata", {{"name", label}, {"namespace", "default"}}}};
    body["spec"]["selector"]["matchLabels"]["app"] = label;
    body["status"]["disruptionsAllowed"] = allowed;
    budgets.emplace_back(api::PodDisruptionBudget::From(Object(body)));
  }
  /// Who goes so that all others take no more than `cpu`; {"-"} when that helps nothing.
  std::vector<std::string> VictimsFor(const char* cpu) const {
    const placement::Fits fits = [cpu](const Neighbours& rest) {
      return rest.Taken("cpu") <= *api::Quantity::Parse(cpu);
    };
    const placement::Choice choice = ChooseVictims(lower, others, budgets, fits);
    if (!choice.helps) return {"-"};
    std::vector<std::string> names;
    for (const api::Pod& victim : choice.victims) names.push_back(victim.meta.name);
    return names;
  }
};

TEST(Preemption, TheLeastImportantGoAndAsFewAsWillDo) {
  Room room;
  room.Add("low", 1, "1");
  room.Add("middle", 5, "1");
  room.Add("high", 9, "1");
  EXPECT_THAT(room.VictimsFor("2"), ElementsAre("low"));
  EXPECT_THAT(room.VictimsFor("1"), ElementsAre("middle", "low"));
  EXPECT_THAT(room.VictimsFor("3"), IsEmpty());
  room.others.Put("default/equal", [] {
    Footprint footprint;
    footprint.requests["cpu"] = *api::Quantity::Parse("4");
    return footprint;
  }());
  EXPECT_THAT(room.VictimsFor("3"), ElementsAre("-")) << "nobody goes in vain";
}

TEST(Preemption, OfEqualsTheOneThatStartedLastGoes) {
  Room room;
  room.Add("old", 1, "1", {{"status", {{"startTime", "2026-01-01T00:00:00Z"}}}});
  room.Add("new", 1, "1", {{"status", {{"startTime", "2026-01-02T00:00:00Z"}}}});
  EXPECT_THAT(room.VictimsFor("1"), ElementsAre("new"));
}

TEST(Preemption, WhatABudgetProtectsGoesOnlyWhenNoOtherWillDo) {
  Room room;
  room.Add("a", 1, "1", {{"metadata", {{"labels", {{"app", "web"}}}}}});
  room.Add("b", 2, "1");
  room.Protect("web", 0);
  EXPECT_THAT(room.VictimsFor("1"), ElementsAre("b"));
  EXPECT_THAT(room.VictimsFor("0"), ElementsAre("b", "a"));
}

TEST(Preemption, WhatIsLeavingIsWaitedForAndNoVictim) {
  Room room;
  room.Add("leaving", 5, "1", {{"metadata", {{"deletionTimestamp", "2026-01-01T00:00:00Z"}}}});
  room.Add("low", 1, "1");
  EXPECT_THAT(room.VictimsFor("1"), IsEmpty());
}

TEST(Preemption, AVictimGoesOnlyWhenThatStillHelps) {
  struct Case {
    const char *rest, *room;
    bool needed;
  };
  const Case cases[] = {{"1", "1", true}, {"1", "2", false}, {"2", "1", false}, {"0", "1", false}};
  Room room;
  room.Add("victim", 1, "1");
  for (const Case& one : cases) {
    Room there;
    there.Add("rest", 9, one.rest);
    const placement::Fits fits = [&one](const Neighbours& rest) {
      return rest.Taken("cpu") <= *api::Quantity::Parse(one.room);
    };
    EXPECT_EQ(placement::StillNeeded(room.lower.front(), there.others, fits), one.needed) << one.rest << one.room;
  }
}

class PreemptionCluster : public Cluster {
 protected:
  void SetUp() override {
    Json node{{"apiVersion", "v1"}, {"kind", "Node"}, {"metadata", {{"name", "node-a"}}}};
    Create(node);
    const Json allocatable = {{"cpu", "1"}, {"pods", "10"}};
    std::function<bool(Json&)> say = [&](Json& body) {
      body["status"]["allocatable"] = allocatable;
      return true;
    };
    ASSERT_TRUE(RunTask(io_, client_.Modify({"Node", "", "node-a"}, std::move(say))).ok());
    for (const auto& [name, value] : {std::pair("high", 100), std::pair("middle", 50)}) {
      Create({{"apiVersion", "scheduling.k8s.io/v1"},
              {"kind", "PriorityClass"},
              {"metadata", {{"name", name}}},
              {"value", value}});
    }
  }
  void CreatePod(const std::string& name, const char* cpu, const Json& spec = Json::object()) {
    Json pod = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default"},
      "spec": {"containers": [{"name": "a", "image": "a:1"}]}})");
    pod["metadata"]["name"] = name;
    pod["spec"].update(spec);
    pod["spec"]["containers"][0]["resources"]["requests"]["cpu"] = cpu;
    Create(pod);
  }
  bool Placed(const std::string& name) {
    return Eventually([&] { return Get("Pod", name)["spec"].contains("nodeName"); });
  }
};

TEST_F(PreemptionCluster, APodTakesThePlaceOfALessImportantOne) {
  node_.never_gone.insert("low");
  CreatePod("low", "600m");
  CreatePod("small", "300m");
  ASSERT_TRUE(Placed("low") && Placed("small"));
  CreatePod("urgent", "600m", {{"priorityClassName", "high"}});
  ASSERT_TRUE(Eventually([&] { return Get("Pod", "low")["metadata"].contains("deletionTimestamp"); }));
  EXPECT_EQ(Get("Pod", "urgent")["status"]["nominatedNodeName"], "node-a");
  const Json low = Get("Pod", "low");
  Json mark;
  for (const Json& each : low["status"]["conditions"]) {
    if (each["type"] == "DisruptionTarget") mark = each;
  }
  EXPECT_EQ(mark["reason"], "PreemptionByScheduler");
  CreatePod("later", "100m", {{"priorityClassName", "middle"}});
  node_.never_gone.clear();
  node_.Again("low");
  ASSERT_TRUE(Placed("urgent") && Placed("later"));
  EXPECT_FALSE(Get("Pod", "urgent")["status"].contains("nominatedNodeName"));
  EXPECT_TRUE(Get("Pod", "small")["metadata"]["deletionTimestamp"].is_null());
  EXPECT_THAT(events_.all, testing::Contains(testing::HasSubstr("low Preempted: Preempted by pod ")));
}

TEST_F(PreemptionCluster, ThePlaceOfANominatedPodIsNotTakenByALesserOne) {
  node_.never_gone.insert("low");
  CreatePod("low", "1");
  ASSERT_TRUE(Placed("low"));
  CreatePod("urgent", "600m", {{"priorityClassName", "high"}});
  ASSERT_TRUE(Eventually([&] { return Get("Pod", "low")["metadata"].contains("deletionTimestamp"); }));
  CreatePod("lesser", "600m", {{"priorityClassName", "middle"}});
  node_.never_gone.clear();
  node_.Again("low");
  ASSERT_TRUE(Placed("urgent"));
  EXPECT_FALSE(Get("Pod", "lesser")["spec"].contains("nodeName"));
}

TEST_F(PreemptionCluster, ANominatedPodThatGoesAwayKeepsNobodyFromTheRoom) {
  node_.never_gone.insert("low");
  CreatePod("low", "1");
  ASSERT_TRUE(Placed("low"));
  CreatePod("urgent", "600m", {{"priorityClassName", "high"}});
  ASSERT_TRUE(Eventually([&] { return Get("Pod", "low")["metadata"].contains("deletionTimestamp"); }));
  Modify("Pod", "urgent", [](Json& body) { body["metadata"]["finalizers"] = {"example.com/stays"}; });
  CreatePod("lesser", "600m", {{"priorityClassName", "middle"}});
  Delete("Pod", "urgent");
  node_.never_gone.clear();
  node_.Again("low");
  EXPECT_TRUE(Placed("lesser"));
  EXPECT_TRUE(Get("Pod", "urgent")["metadata"].contains("deletionTimestamp"));
}

TEST_F(PreemptionCluster, WhoMayNotPreemptWaits) {
  Create({{"apiVersion", "scheduling.k8s.io/v1"},
          {"kind", "PriorityClass"},
          {"metadata", {{"name", "polite"}}},
          {"value", 100},
          {"preemptionPolicy", "Never"}});
  CreatePod("low", "1");
  ASSERT_TRUE(Placed("low"));
  CreatePod("polite", "1", {{"priorityClassName", "polite"}});
  ASSERT_TRUE(Eventually([&] { return !Get("Pod", "polite")["status"]["conditions"].is_null(); }));
  EXPECT_TRUE(Get("Pod", "low")["metadata"]["deletionTimestamp"].is_null());
}

}  // namespace
}  // namespace ordinal::controllers

// Which pods count for an autoscaler, by what they request, and how long changes downwards are remembered.
#include <gmock/gmock.h>

#include "agent/controllers/autoscaling/rates.h"
#include "agent/controllers/autoscaling/replicas.h"
#include "tests/unit/agent/controllers/autoscaling_world.h"

namespace ordinal::controllers::autoscaling {
namespace {

struct Counted {
  Json changes;           ///< of the pod
  std::vector<int> uses;  ///< of its containers main, side, …; none: there are no figures
};

struct CountedCase {
  const char* what;
  std::vector<Counted> pods;
  ResourceTarget target;
  int64_t current, replicas;
};

Json FiguresOf(const std::string& name, const std::vector<int>& uses) {
  Json item = UseOf(name, uses[0]);
  if (uses.size() > 1) {
    const std::string side = fmt::format("{}m", uses[1]);
    item["containers"].push_back(Json{{"name", "side"}, {"usage", Json{{"cpu", side}}}});
  }
  return item;
}

/// With an init container "side" that requests a core and, as a sidecar, runs on.
Json WithSide(bool sidecar) {
  Json side = Json::parse(R"({"name": "side", "image": "i", "resources": {"requests": {"cpu": "1"}}})");
  if (sidecar) side["restartPolicy"] = "Always";
  return Json{{"spec", Json{{"initContainers", Json::array({side})}}}};
}

TEST(CountedPods, AreThoseThatServeByWhatTheyRequest) {
  const Json ok = Json::object();
  const Json going{{"metadata", Json{{"deletionTimestamp", Ago(5)}}}};
  Json ill = Json{{"status", Json::object()}};
  ill["status"]["conditions"] =
      Json::array({Json{{"type", "Ready"}, {"status", "False"}, {"lastTransitionTime", Ago(100)}}});
  const Json whole = Json::parse(R"({"spec": {"resources": {"requests": {"cpu": "2"}}}})");
  const ResourceTarget half{{"cpu", ""}, 50, std::nullopt};
  const ResourceTarget average{{"cpu", ""}, std::nullopt, 200};
  const CountedCase cases[] = {
      {"one that goes does not", {{ok, {1500}}, {going, {1500}}}, half, 1, 3},
      {"one that was ready before does, although it is not", {{ill, {1500}}}, half, 1, 3},
      {"sidecars request and use", {{WithSide(true), {1000, 1000}}}, half, 1, 2},
      {"init containers do not", {{WithSide(false), {1000}}}, half, 1, 2},
      {"the requests of a pod as a whole go before", {{whole, {1000}}}, half, 1, 1},
      {"of an average value too: none are idle on the way up", {{ok, {600}}, {ok, {}}}, average, 2, 3},
      {"and as wanted on the way down", {{ok, {100}}, {ok, {}}, {ok, {100}}}, average, 3, 2},
  };
  for (const CountedCase& each : cases) {
    api::Refs<api::Pod> pods;
    Json items = Json::array();
    for (size_t i = 0; i < each.pods.size(); ++i) {
      const std::string name = fmt::format("p{}", i);
      pods.push_back(api::Pod::From(Object(PodOf(name, each.pods[i].changes))));
      if (!each.pods[i].uses.empty()) items.push_back(FiguresOf(name, each.pods[i].uses));
    }
    const auto proposal = ProposeReplicas(each.target, {pods, items, each.current, {}, kNow});
    ASSERT_TRUE(proposal.ok()) << each.what << ": " << proposal.error().message;
    EXPECT_EQ(proposal->replicas, each.replicas) << each.what;
  }
}

TEST(Rates, DisabledHoldsTheWayDownToo) {
  const auto scaler = Scaler(Behaving(kUsualUp, R"({"stabilizationWindowSeconds": 0, "selectPolicy": "Disabled",
    "policies": [{"type": "Pods", "value": 1, "periodSeconds": 15}]})"));
  Memory memory;
  const Rated rated = Rate(scaler, 6, 2, At(0), memory);
  EXPECT_EQ(rated.replicas, 6);
  EXPECT_EQ(rated.limits.reason, "ScaleDownLimit");
  EXPECT_EQ(Rate(scaler, 6, 8, At(1), memory).replicas, 8) << "the other way is open";
}

TEST(Rates, ChangesDownwardsOfLateCountWithinTheirPeriod) {
  const auto scaler = Scaler(Behaving(kUsualUp, R"({"stabilizationWindowSeconds": 0,
    "policies": [{"type": "Percent", "value": 50, "periodSeconds": 60}]})"));
  Memory memory;
  ASSERT_EQ(Rate(scaler, 8, 1, At(0), memory).replicas, 4);
  Remember(scaler, 8, 4, At(0), memory);
  EXPECT_EQ(Rate(scaler, 4, 1, At(30), memory).replicas, 4) << "half of the eight it began with are gone";
  EXPECT_EQ(Rate(scaler, 4, 1, At(61), memory).replicas, 2);
}

}  // namespace
}  // namespace ordinal::controllers::autoscaling

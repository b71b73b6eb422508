// HorizontalPodAutoscalers: what metrics ask for, and what is said of it.
#include <gmock/gmock.h>

#include "agent/controllers/autoscaling/plan.h"
#include "agent/controllers/autoscaling/replicas.h"
#include "agent/controllers/conditions.h"
#include "tests/unit/agent/controllers/autoscaling_world.h"

namespace ordinal::controllers::autoscaling {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Json kUnready = Json{
    {"status", Json{{"conditions",
                     Json::array({Json{{"type", "Ready"}, {"status", "False"}, {"lastTransitionTime", Ago(3595)}}})}}}};
const Json kPending = Json{{"status", Json{{"phase", "Pending"}}}};
const Json kFailed = Json{{"status", Json{{"phase", "Failed"}}}};

struct One {
  Json changes;  ///< of the pod
  int use;       ///< thousandths of a core; below 0: nothing is known
};

struct Calculation {
  const char* what;
  std::vector<One> pods;
  int64_t utilization;  ///< the target
  int64_t current;
  int64_t replicas;
};

Result<Proposal> Propose(const std::vector<One>& ones, const ResourceTarget& target, int64_t current) {
  api::Refs<api::Pod> pods;
  Json items = Json::array();
  for (size_t i = 0; i < ones.size(); ++i) {
    const std::string name = fmt::format("p{}", i);
    pods.push_back(api::Pod::From(Object(PodOf(name, ones[i].changes))));
    if (ones[i].use >= 0) items.push_back(UseOf(name, ones[i].use));
  }
  return ProposeReplicas(target, {pods, items, current, {}, kNow});
}

TEST(Replicas, FollowFromWhatIsSeenAndWhatShouldBe) {
  const Json ok = Json::object();
  const Calculation cases[] = {
      {"three times as much", {{ok, 900}, {ok, 900}}, 30, 2, 6},
      {"half", {{ok, 250}, {ok, 250}, {ok, 250}, {ok, 250}}, 50, 4, 2},
      {"rounded up", {{ok, 550}, {ok, 550}, {ok, 550}}, 50, 3, 3},
      {"within a tenth", {{ok, 545}}, 50, 1, 1},
      {"beyond a tenth", {{ok, 560}}, 50, 1, 2},
      {"who has no figures counts as idle on the way up", {{ok, 1000}, {ok, -1}}, 50, 2, 2},
      {"and as busy on the way down", {{ok, 100}, {ok, -1}}, 50, 2, 2},
      {"who is not ready yet counts as idle on the way up", {{ok, 1500}, {kUnready, 1500}}, 50, 2, 3},
      {"and not at all on the way down", {{ok, 100}, {kUnready, 10}}, 50, 2, 1},
      {"who waits for a place as well", {{ok, 1500}, {kPending, -1}}, 50, 2, 3},
      {"who has failed does not count", {{ok, 1000}, {kFailed, 1000}}, 50, 1, 2},
  };
  for (const Calculation& each : cases) {
    const auto proposal = Propose(each.pods, {{"cpu", ""}, each.utilization, std::nullopt}, each.current);
    ASSERT_TRUE(proposal.ok()) << each.what << ": " << proposal.error().message;
    EXPECT_EQ(proposal->replicas, each.replicas) << each.what;
  }
}

TEST(Replicas, OfAnAverageValueAreReckonedWithoutRequests) {
  const Json free = Json{{"spec", Json{{"containers", Json::array({Json{{"name", "main"}, {"image", "i"}}})}}}};
  const auto proposal = Propose({{free, 300}, {free, 500}}, {{"cpu", ""}, std::nullopt, 200}, 2);
  ASSERT_TRUE(proposal.ok());
  EXPECT_EQ(proposal->replicas, 4);
  EXPECT_EQ(proposal->average_milli, 400);
  EXPECT_FALSE(proposal->utilization.has_value());
  const auto of_container = Propose({{free, 300}}, {{"cpu", "main"}, std::nullopt, 100}, 1);
  ASSERT_TRUE(of_container.ok());
  EXPECT_EQ(of_container->replicas, 3);
}

TEST(Replicas, CannotBeToldWithoutFiguresOrRequests) {
  const Json ok = Json::object();
  const Json free = Json{{"spec", Json{{"containers", Json::array({Json{{"name", "main"}, {"image", "i"}}})}}}};
  const struct {
    std::vector<One> pods;
    Subject subject;
    const char* error;
  } cases[] = {
      {{{ok, -1}}, {"cpu", ""}, "no metrics returned from resource metrics API"},
      {{{kUnready, 100}}, {"cpu", ""}, "did not receive metrics for targeted pods (pods might be unready)"},
      {{{free, 100}}, {"cpu", ""}, "missing request for cpu in container main of Pod p0"},
      {{{ok, 100}}, {"cpu", "side"}, "container side not present in metrics for pod default/p0"},
  };
  for (const auto& each : cases) {
    const auto proposal = Propose(each.pods, {each.subject, 50, std::nullopt}, 1);
    ASSERT_FALSE(proposal.ok());
    EXPECT_THAT(proposal.error().message, HasSubstr(each.error));
  }
}

TEST(Replicas, OfHugeRequestsAreFew) {
  const auto requesting = [](const char* cpu) {
    const Json one{{"name", "main"}, {"image", "i"}, {"resources", Json{{"requests", Json{{"cpu", cpu}}}}}};
    Json other = one;
    other["name"] = "other";
    return Json{{"spec", Json{{"containers", Json::array({one, other})}}}};
  };
  const Json huge = requesting("9000P");
  const auto proposal = Propose({{huge, 100}, {huge, -1}}, {{"cpu", ""}, 300, std::nullopt}, 2);
  ASSERT_TRUE(proposal.ok()) << proposal.error().message;
  EXPECT_EQ(proposal->utilization, 0);
  EXPECT_GE(proposal->replicas, 0);
  EXPECT_LE(proposal->replicas, 2);
}

TEST(Replicas, CpuOfAPodThatStartsSaysNothing) {
  // Ready for less than a window of its figures, within its first five minutes.
  const auto young = [](int ready_ago) {
    Json changes{{"status", Json{{"startTime", Ago(60)}}}};
    changes["status"]["conditions"] =
        Json::array({Json{{"type", "Ready"}, {"status", "True"}, {"lastTransitionTime", Ago(ready_ago)}}});
    return changes;
  };
  const ResourceTarget target{{"cpu", ""}, 50, std::nullopt};
  EXPECT_FALSE(Propose({{young(10), 1000}}, target, 1).ok());
  EXPECT_EQ(Propose({{young(20), 1000}}, target, 1)->replicas, 2);
  // Memory counts from the first figure on.
  const auto memory = Propose({{young(10), 0}}, {{"memory", ""}, 25, std::nullopt}, 1);
  ASSERT_TRUE(memory.ok());
  EXPECT_EQ(memory->replicas, 2);
}

struct World {
  Observed seen;
  Memory memory;

  explicit World(int64_t replicas, const Json& spec = Json::object()) {
    seen.scaler = Scaler(spec);
    seen.scale = api::Scale{replicas, replicas, "app=web"};
    seen.now = kNow;
    seen.steady = At(0);
  }
  void Pod(const std::string& name, int use) {
    seen.pods.push_back(api::Pod::From(Object(PodOf(name))));
    seen.items->push_back(UseOf(name, use));
  }
  Plan Next() { return MakePlan(seen, memory); }
};

std::string Said(const Plan& plan, const char* type) {
  const Json* condition = FindCondition(plan.status["conditions"], type);
  if (condition == nullptr) return "";
  return (*condition)["status"].get<std::string>() + " " + (*condition)["reason"].get<std::string>();
}

TEST(AutoscalerPlan, ScalesAndSaysWhy) {
  World world(2);
  world.Pod("a", 1000);
  world.Pod("b", 1000);
  Plan plan = world.Next();
  ASSERT_EQ(plan.resize, 4);
  EXPECT_EQ(plan.why, "cpu resource utilization (percentage of request) above target");
  EXPECT_EQ(Said(plan, "ScalingActive"), "True ValidMetricFound");
  EXPECT_EQ(Said(plan, "ScalingLimited"), "False DesiredWithinRange");
  EXPECT_EQ(plan.status["currentMetrics"], Json::parse(R"([{"type": "Resource", "resource": {"name": "cpu",
    "current": {"averageUtilization": 100, "averageValue": "1"}}}])"));
  Settle(world.seen, Status(), plan);
  EXPECT_EQ(Said(plan, "AbleToScale"), "True SucceededRescale");
  EXPECT_EQ(plan.status["lastScaleTime"], FormatTime(kNow));
  EXPECT_EQ(plan.status["desiredReplicas"], 4);
  EXPECT_EQ(plan.status["currentReplicas"], 2);
  ASSERT_EQ(plan.says.size(), 1u);
  EXPECT_EQ(plan.says[0].reason, "SuccessfulRescale");
  EXPECT_EQ(plan.says[0].message, "New size: 4; reason: cpu resource utilization (percentage of request) above target");
  Plan refused = World(12).Next();
  Settle(world.seen, MakeError(ErrorCode::kConflict, "no"), refused);
  EXPECT_EQ(Said(refused, "AbleToScale"), "False FailedUpdateScale");
  EXPECT_EQ(refused.says.back().reason, "FailedRescale");
}

TEST(AutoscalerPlan, BringsTheTargetIntoItsRange) {
  EXPECT_EQ(World(12).Next().resize, 10);
  EXPECT_EQ(World(12).Next().why, "Current number of replicas above Spec.MaxReplicas");
  EXPECT_EQ(World(1, Json{{"minReplicas", 3}}).Next().resize, 3);
  const Plan off = World(0).Next();
  EXPECT_FALSE(off.resize.has_value());
  EXPECT_EQ(Said(off, "ScalingActive"), "False ScalingDisabled");
}

TEST(AutoscalerPlan, SaysWhatItCannotSee) {
  World lost(2);
  lost.seen.scale = MakeError(ErrorCode::kNotFound, "deployments.apps \"web\" not found");
  Plan plan = lost.Next();
  EXPECT_EQ(Said(plan, "AbleToScale"), "False FailedGetScale");
  EXPECT_EQ(plan.says[0].reason, "FailedGetScale");

  World bare(2);
  bare.seen.scale->selector = "";
  EXPECT_EQ(Said(bare.Next(), "ScalingActive"), "False InvalidSelector");

  World shared(2);
  shared.seen.rivals = {"default/other"};
  plan = shared.Next();
  EXPECT_EQ(Said(plan, "ScalingActive"), "False AmbiguousSelector");
  EXPECT_THAT(plan.says[0].message, HasSubstr("controlled by multiple HPAs: [default/web default/other]"));

  World blind(2);
  blind.Pod("a", 1000);
  blind.seen.items = MakeError(ErrorCode::kUnavailable, "the runtime does not answer");
  plan = blind.Next();
  EXPECT_FALSE(plan.resize.has_value());
  EXPECT_EQ(Said(plan, "ScalingActive"), "False FailedGetResourceMetric");
  ASSERT_EQ(plan.says.size(), 2u);
  EXPECT_EQ(plan.says[0].message,
            "failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from "
            "resource metrics API: the runtime does not answer");
  EXPECT_EQ(plan.says[1].reason, "FailedComputeMetricsReplicas");
  EXPECT_THAT(plan.says[1].message, HasSubstr("invalid metrics (1 invalid out of 1), first error is: failed to get cpu "
                                              "resource metric value: failed to get cpu utilization"));
}

TEST(AutoscalerPlan, MetricsOfOtherApisAreSilentAndHoldItUp) {
  const Json pods = Json::parse(R"({"type": "Pods", "pods": {"metric": {"name": "hits"},
    "target": {"type": "AverageValue", "averageValue": "5"}}})");
  const Json cpu = ScalerBody()["spec"]["metrics"][0];
  World alone(2, Json{{"metrics", Json::array({pods})}});
  alone.Pod("a", 1000);
  EXPECT_EQ(Said(alone.Next(), "ScalingActive"), "False FailedGetPodsMetric");
  World up(1, Json{{"metrics", Json::array({pods, cpu})}});
  up.Pod("a", 1000);
  EXPECT_EQ(up.Next().resize, 2) << "with another metric it grows";
  World down(4, Json{{"metrics", Json::array({pods, cpu})}});
  down.Pod("a", 10);
  EXPECT_FALSE(down.Next().resize.has_value()) << "and does not shrink";
}

TEST(AutoscalerPlan, TellsWhetherItNeedsFigures) {
  const Json hits = Json::parse(R"({"type": "Pods", "pods": {"metric": {"name": "hits"},
    "target": {"type": "AverageValue", "averageValue": "5"}}})");
  const auto needs = [](int64_t replicas, const Json& spec, const std::function<void(World&)>& change) {
    World world(replicas, spec);
    world.Pod("a", 1000);
    if (change) change(world);
    return NeedsFigures(world.seen);
  };
  const Json usual = Json::object();
  EXPECT_TRUE(needs(2, usual, nullptr));
  EXPECT_FALSE(needs(0, usual, nullptr)) << "off";
  EXPECT_FALSE(needs(11, usual, nullptr)) << "out of its range";
  EXPECT_FALSE(needs(2, Json{{"metrics", Json::array({hits})}}, nullptr)) << "others measure that";
  EXPECT_FALSE(needs(2, usual, [](World& world) { world.seen.pods = {}; }));
  EXPECT_FALSE(needs(2, usual, [](World& world) { world.seen.rivals = {"default/other"}; }));
  EXPECT_FALSE(needs(2, usual, [](World& world) { world.seen.scale = MakeError(ErrorCode::kNotFound, "gone"); }));
}

TEST(AutoscalerPlan, TheLargestOfSeveralMetricsCounts) {
  const Json memory = Json::parse(R"({"type": "Resource", "resource": {"name": "memory",
    "target": {"type": "AverageValue", "averageValue": "10Mi"}}})");
  const Json cpu = ScalerBody()["spec"]["metrics"][0];
  World world(1, Json{{"metrics", Json::array({cpu, memory})}, {"maxReplicas", 100}});
  world.Pod("a", 1000);
  const Plan plan = world.Next();
  EXPECT_EQ(plan.why, "memory resource above target");
  EXPECT_EQ(plan.resize, 4) << "five are wanted, of which habit gives four";
  EXPECT_EQ(Said(plan, "ScalingLimited"), "True ScaleUpLimit");
}

TEST(AutoscalerPlan, AToleranceOfItsOwnCounts) {
  World world(10, Json{{"behavior", Json{{"scaleUp", Json::parse(kUsualUp)}, {"scaleDown", Json::parse(kUsualDown)}}},
                       {"maxReplicas", 100}});
  for (int i = 0; i < 10; ++i) world.Pod(fmt::format("p{}", i), 530);
  EXPECT_FALSE(world.Next().resize.has_value());
  Json spec = world.seen.scaler.object.body()["spec"];
  spec["behavior"]["scaleUp"]["tolerance"] = "0.05";
  world.seen.scaler = Scaler(spec);
  EXPECT_EQ(world.Next().resize, 11);
}

}  // namespace
}  // namespace ordinal::controllers::autoscaling

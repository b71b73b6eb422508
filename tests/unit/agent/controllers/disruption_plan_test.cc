// The status of a disruption budget, a rule a test: what is expected, desired, healthy and allowed.
#include <gmock/gmock.h>

#include "agent/controllers/disruption/plan.h"
#include "agent/controllers/percentage.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::disruption {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;

const WallTime kBudgetNow = *ParseTime("2026-01-02T00:00:00Z");

api::PodDisruptionBudget Budget(const Json& spec, const Json& status = Json::object()) {
  Json body{{"apiVersion", "policy/v1"}, {"kind", "PodDisruptionBudget"}, {"status", status}};
  body["metadata"] = Json{{"name", "web"}, {"namespace", "default"}, {"uid", "budget-uid"}, {"generation", 2}};
  body["spec"] = Json{{"selector", Json{{"matchLabels", Json{{"app", "web"}}}}}};
  body["spec"].merge_patch(spec);
  return api::PodDisruptionBudget::From(Object(std::move(body)));
}

/// A ready pod of the set `owner`; of none when that is empty.
api::Pod ReadyPod(const std::string& name, const std::string& owner = "set", const Json& more = Json::object()) {
  Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default"},
    "spec": {"containers": []},
    "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}})");
  body["metadata"]["name"] = name;
  body["metadata"]["uid"] = name + "-uid";
  body["metadata"]["labels"] = Json{{"app", "web"}};
  if (!owner.empty()) {
    body["metadata"]["ownerReferences"] = Json::array({Json{
        {"apiVersion", "apps/v1"}, {"kind", "ReplicaSet"}, {"name", owner}, {"uid", owner}, {"controller", true}}});
  }
  body.merge_patch(more);
  return api::Pod::From(Object(std::move(body)));
}

const Json kUnready = Json::parse(R"({"status": {"conditions": [{"type": "Ready", "status": "False"}]}})");
const Json kGoing = Json::parse(R"({"metadata": {"deletionTimestamp": "2026-01-02T00:00:00Z"}})");

/// `ready` pods of a set that wants `wanted`.
Observed Seen(const Json& spec, int ready, int64_t wanted) {
  Observed seen;
  seen.budget = Budget(spec);
  seen.now = kBudgetNow;
  for (int i = 0; i < ready; ++i) seen.pods.push_back(ReadyPod(fmt::format("web-{}", i)));
  seen.scales["set"] = Scale{"set", wanted};
  return seen;
}

struct CountCase {
  const char* spec;
  int ready;
  int64_t wanted;
  int64_t expected, desired, allowed;
};

TEST(DisruptionPlan, CountsWhatIsExpectedDesiredAndAllowed) {
  const CountCase cases[] = {
      {R"({"minAvailable": 2})", 3, 3, 3, 2, 1},
      {R"({"minAvailable": 2})", 3, 5, 3, 2, 1},  // a number: of the pods there are, whoever wants more
      {R"({"minAvailable": 3})", 3, 3, 3, 3, 0},
      {R"({"minAvailable": 9})", 3, 3, 3, 9, 0},
      {R"({"minAvailable": 0})", 3, 3, 3, 0, 3},
      {R"({"minAvailable": "50%"})", 3, 3, 3, 2, 1},  // rounded up
      {R"({"minAvailable": "50%"})", 2, 4, 4, 2, 0},  // of what the set wants
      {R"({"minAvailable": "0%"})", 2, 2, 2, 0, 2},
      {R"({"maxUnavailable": 1})", 3, 3, 3, 2, 1},
      {R"({"maxUnavailable": 1})", 2, 3, 3, 2, 0},  // one is away already
      {R"({"maxUnavailable": 0})", 3, 3, 3, 3, 0},
      {R"({"maxUnavailable": 5})", 3, 3, 3, 0, 3},
      {R"({"maxUnavailable": "30%"})", 3, 3, 3, 2, 1},  // rounded up: a percentage lets one go at least
      {R"({"maxUnavailable": "100%"})", 3, 3, 3, 0, 3},
      {R"({})", 3, 3, 0, 0, 0},                   // neither: nothing is expected, so nothing is allowed
      {R"({"minAvailable": 0})", 0, 3, 0, 0, 0},  // no pod yet: nothing is allowed
  };
  for (const CountCase& c : cases) {
    const Plan plan = MakePlan(Seen(Json::parse(c.spec), c.ready, c.wanted));
    const std::string what = fmt::format("{} of {} pods of {}", c.spec, c.ready, c.wanted);
    EXPECT_EQ(plan.status["expectedPods"], c.expected) << what;
    EXPECT_EQ(plan.status["desiredHealthy"], c.desired) << what;
    EXPECT_EQ(plan.status["currentHealthy"], c.ready) << what;
    EXPECT_EQ(plan.status["disruptionsAllowed"], c.allowed) << what;
    EXPECT_EQ(plan.status["observedGeneration"], 2) << what;
    const Json& condition = plan.status["conditions"][0];
    EXPECT_EQ(condition["type"], "DisruptionAllowed") << what;
    EXPECT_EQ(condition["status"], c.allowed > 0 ? "True" : "False") << what;
    EXPECT_EQ(condition["reason"], c.allowed > 0 ? "SufficientPods" : "InsufficientPods") << what;
  }
}

TEST(DisruptionPlan, EachControllerCountsOnceAndPodsOfOneDeploymentTogether) {
  Observed seen = Seen({{"maxUnavailable", 1}}, 2, 2);
  seen.pods.push_back(ReadyPod("other-0", "other"));
  seen.scales["other"] = Scale{"other", 4};
  EXPECT_EQ(MakePlan(seen).status["expectedPods"], 6);
  // The old and the new set of a deployment that wants 3.
  seen.scales["set"] = seen.scales["other"] = Scale{"deployment", 3};
  EXPECT_EQ(MakePlan(seen).status["expectedPods"], 3);
}

TEST(DisruptionPlan, PodsThatAreNotReadyOrGoingAreNotHealthy) {
  Observed seen = Seen({{"minAvailable", 1}}, 1, 3);
  seen.pods.push_back(ReadyPod("unready", "set", kUnready));
  seen.pods.push_back(ReadyPod("going", "set", kGoing));
  const Plan plan = MakePlan(seen);
  EXPECT_EQ(plan.status["currentHealthy"], 1);
  EXPECT_EQ(plan.status["expectedPods"], 3);
  EXPECT_EQ(plan.status["disruptionsAllowed"], 0);
}

Json Disrupted(const std::string& pod, Duration ago) {
  return Json{{"disruptedPods", Json{{pod, FormatTime(kBudgetNow - ago)}}}};
}

TEST(DisruptionPlan, APodWhoseEvictionWasAllowedIsCountedAsGoneUntilItIs) {
  Observed seen = Seen({{"minAvailable", 1}}, 3, 3);
  seen.budget = Budget({{"minAvailable", 1}}, Disrupted("web-0", seconds(30)));
  Plan plan = MakePlan(seen);
  EXPECT_EQ(plan.status["currentHealthy"], 2);
  EXPECT_EQ(plan.status["disruptedPods"], (Json{{"web-0", FormatTime(kBudgetNow - seconds(30))}}));
  EXPECT_EQ(plan.look_again, Duration(seconds(90)));
  // It goes: it is not healthy any more, and the note is not needed.
  Replace(seen.pods[0], [](api::Pod& pod) { pod = ReadyPod("web-0", "set", kGoing); });
  plan = MakePlan(seen);
  EXPECT_EQ(plan.status["currentHealthy"], 2);
  EXPECT_FALSE(plan.status.contains("disruptedPods"));
  // It is gone.
  seen.pods.erase(seen.pods.begin());
  EXPECT_FALSE(MakePlan(seen).status.contains("disruptedPods"));
}

TEST(DisruptionPlan, APodThatDidNotGoInTwoMinutesCountsAgain) {
  Observed seen = Seen({{"minAvailable", 1}}, 3, 3);
  seen.budget = Budget({{"minAvailable", 1}}, Disrupted("web-0", kDeletionTimeout));
  const Plan plan = MakePlan(seen);
  EXPECT_EQ(plan.status["currentHealthy"], 3);
  EXPECT_FALSE(plan.status.contains("disruptedPods"));
  ASSERT_FALSE(plan.says.empty());
  EXPECT_EQ(plan.says[0].reason, "NotDeleted");
  EXPECT_EQ(plan.says[0].about->meta.name, "web-0");
}

TEST(DisruptionPlan, AfterTheClockWasSetBackAPodCountsAgainInTwoMinutes) {
  Observed seen = Seen({{"minAvailable", 1}}, 3, 3);
  seen.budget = Budget({{"minAvailable", 1}}, Disrupted("web-0", -std::chrono::hours(1)));
  const Plan plan = MakePlan(seen);
  EXPECT_EQ(plan.look_again, kDeletionTimeout);
  EXPECT_EQ(plan.status["disruptedPods"], (Json{{"web-0", FormatTime(kBudgetNow)}})) << "it passes";
}

TEST(DisruptionPlan, PodsWithoutAControllerAreSaidAndNotExpected) {
  Observed seen = Seen({{"maxUnavailable", 1}}, 1, 1);
  seen.pods.push_back(ReadyPod("bare", ""));
  const Plan plan = MakePlan(seen);
  EXPECT_EQ(plan.status["expectedPods"], 1);
  ASSERT_EQ(plan.says.size(), 1U);
  EXPECT_EQ(plan.says[0].reason, "UnmanagedPods");
  EXPECT_TRUE(plan.says[0].warning);
}

TEST(DisruptionPlan, AControllerWithoutAScaleFailsTheSync) {
  Observed seen = Seen({{"maxUnavailable", "50%"}}, 2, 2);
  seen.scales.clear();
  seen.budget = Budget({{"maxUnavailable", "50%"}}, Json{{"disruptionsAllowed", 2}, {"currentHealthy", 2}});
  const Plan plan = MakePlan(seen);
  EXPECT_EQ(plan.status["disruptionsAllowed"], 0);
  EXPECT_EQ(plan.status["currentHealthy"], 2) << "the numbers stay as they were";
  EXPECT_EQ(plan.status["conditions"][0]["reason"], "SyncFailed");
  EXPECT_EQ(plan.status["conditions"][0]["status"], "False");
  EXPECT_THAT(plan.status["conditions"][0]["message"].get<std::string>(), HasSubstr("web-0"));
  // A number of pods needs nobody's scale.
  seen.budget = Budget({{"minAvailable", 1}});
  EXPECT_EQ(MakePlan(seen).status["disruptionsAllowed"], 1);
}

TEST(DisruptionPlan, SaysNothingTwiceAndKeepsTheTimeOfTheCondition) {
  Observed seen = Seen({{"minAvailable", 1}}, 0, 0);
  const Plan first = MakePlan(seen);
  ASSERT_EQ(first.says.size(), 1U);
  EXPECT_EQ(first.says[0].reason, "NoPods");
  seen.budget = Budget({{"minAvailable", 1}}, first.status);
  seen.now += seconds(60);
  const Plan second = MakePlan(seen);
  EXPECT_EQ(second.status, first.status);
  EXPECT_THAT(second.says, IsEmpty());
}

TEST(Percentage, OfPodsIsRoundedAsAskedAndBounded) {
  EXPECT_EQ(PodsOf("3", 10, true), 3);
  EXPECT_EQ(PodsOf("25%", 10, true), 3);
  EXPECT_EQ(PodsOf("25%", 10, false), 2);
  EXPECT_EQ(PodsOf("100%", kMostPods, true), kMostPods);
  EXPECT_EQ(PodsOf("99999999999999999999", 1, true), kMostPods);
}

}  // namespace
}  // namespace ordinal::controllers::disruption

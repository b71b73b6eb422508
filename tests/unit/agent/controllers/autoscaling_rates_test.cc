// How fast autoscalers change a set: what was wanted before, habit and policies.
#include "agent/controllers/autoscaling/rates.h"

#include <gtest/gtest.h>

#include "tests/unit/agent/controllers/autoscaling_world.h"

namespace ordinal::controllers::autoscaling {
namespace {

TEST(Rates, WithoutBehaviourDoublesAndKeepsTheHighestOfFiveMinutes) {
  const auto scaler = Scaler(Json{{"maxReplicas", 20}});
  Memory memory;
  EXPECT_EQ(Rate(scaler, 1, 9, At(0), memory).replicas, 4);
  const Rated doubled = Rate(scaler, 4, 9, At(15), memory);
  EXPECT_EQ(doubled.replicas, 8);
  EXPECT_TRUE(doubled.limited);
  EXPECT_EQ(doubled.limits.reason, "ScaleUpLimit");
  EXPECT_EQ(Rate(scaler, 8, 9, At(30), memory).replicas, 9);
  const Rated held = Rate(scaler, 9, 2, At(60), memory);
  EXPECT_EQ(held.replicas, 9);
  EXPECT_EQ(held.able.reason, "ScaleDownStabilized");
  const Rated down = Rate(scaler, 9, 2, At(331), memory);
  EXPECT_EQ(down.replicas, 2);
  EXPECT_EQ(down.able.reason, "ReadyForNewScale");
  EXPECT_EQ(down.limits.reason, "DesiredWithinRange");
  EXPECT_LE(memory.recommendations.size(), 3u);
}

TEST(Rates, StayBetweenTheLeastAndTheMost) {
  const auto scaler = Scaler(Json{{"minReplicas", 2}, {"maxReplicas", 3}});
  Memory memory;
  const Rated most = Rate(scaler, 3, 5, At(0), memory);
  EXPECT_EQ(most.replicas, 3);
  EXPECT_EQ(most.limits.reason, "TooManyReplicas");
  Memory fresh;
  const Rated least = Rate(scaler, 3, 1, At(0), fresh);
  EXPECT_EQ(least.replicas, 2);
  EXPECT_EQ(least.limits.reason, "TooFewReplicas");
}

struct PolicyCase {
  const char* what;
  const char *up, *down;
  int64_t current, wanted, replicas;
  const char* reason;
};

TEST(Rates, PoliciesLimitAChange) {
  const PolicyCase cases[] = {
      {"four or double", kUsualUp, kUsualDown, 3, 9, 7, "ScaleUpLimit"},
      {"double is more", kUsualUp, kUsualDown, 4, 10, 8, "ScaleUpLimit"},
      {"Min is the least of them",
       R"({"selectPolicy": "Min", "policies": [{"type": "Pods", "value": 1, "periodSeconds": 15},
           {"type": "Percent", "value": 100, "periodSeconds": 15}]})",
       kUsualDown, 4, 10, 5, "ScaleUpLimit"},
      {"Disabled is none", R"({"selectPolicy": "Disabled", "policies": [{"type": "Pods", "value": 1,
           "periodSeconds": 15}]})",
       kUsualDown, 4, 10, 4, "ScaleUpLimit"},
      {"a percentage is rounded up", R"({"policies": [{"type": "Percent", "value": 10, "periodSeconds": 15}]})",
       kUsualDown, 2, 9, 3, "ScaleUpLimit"},
      {"down by two", kUsualUp, R"({"stabilizationWindowSeconds": 0, "policies": [{"type": "Pods", "value": 2,
           "periodSeconds": 60}]})",
       9, 1, 7, "ScaleDownLimit"},
      {"down by a half", kUsualUp, R"({"stabilizationWindowSeconds": 0, "policies": [{"type": "Percent", "value": 50,
           "periodSeconds": 60}]})",
       9, 1, 4, "ScaleDownLimit"},
      {"Min of two down", kUsualUp, R"({"stabilizationWindowSeconds": 0, "selectPolicy": "Min", "policies":
           [{"type": "Pods", "value": 1, "periodSeconds": 60}, {"type": "Percent", "value": 50, "periodSeconds": 60}]})",
       9, 1, 8, "ScaleDownLimit"},
      {"down to the least", kUsualUp, R"({"stabilizationWindowSeconds": 0, "policies": [{"type": "Percent",
           "value": 100, "periodSeconds": 15}]})",
       9, 0, 1, "TooFewReplicas"},
  };
  for (const PolicyCase& each : cases) {
    const auto scaler = Scaler(Behaving(each.up, each.down));
    Memory memory;
    const Rated rated = Rate(scaler, each.current, each.wanted, At(0), memory);
    EXPECT_EQ(rated.replicas, each.replicas) << each.what;
    EXPECT_TRUE(rated.limited) << each.what;
    EXPECT_EQ(rated.limits.reason, each.reason) << each.what;
  }
}

TEST(Rates, ChangesOfLateCountWithinTheirPeriod) {
  const auto scaler =
      Scaler(Behaving(R"({"policies": [{"type": "Pods", "value": 2, "periodSeconds": 60}]})", kUsualDown));
  Memory memory;
  ASSERT_EQ(Rate(scaler, 1, 9, At(0), memory).replicas, 3);
  Remember(scaler, 1, 3, At(0), memory);
  EXPECT_EQ(Rate(scaler, 3, 9, At(30), memory).replicas, 3);
  EXPECT_EQ(Rate(scaler, 3, 9, At(61), memory).replicas, 5);
}

TEST(Rates, WindowsHoldBothDirections) {
  const auto scaler = Scaler(Behaving(
      R"({"stabilizationWindowSeconds": 60, "policies": [{"type": "Pods", "value": 9, "periodSeconds": 15}]})",
      R"({"stabilizationWindowSeconds": 30, "policies": [{"type": "Pods", "value": 9, "periodSeconds": 15}]})"));
  Memory memory;
  EXPECT_EQ(Rate(scaler, 2, 2, At(0), memory).replicas, 2);
  const Rated held = Rate(scaler, 2, 6, At(15), memory);
  EXPECT_EQ(held.replicas, 2);
  EXPECT_EQ(held.able.reason, "ScaleUpStabilized");
  EXPECT_EQ(Rate(scaler, 2, 6, At(61), memory).replicas, 6);
  EXPECT_EQ(Rate(scaler, 6, 2, At(76), memory).replicas, 6);
  EXPECT_EQ(Rate(scaler, 6, 2, At(92), memory).replicas, 2);
}

}  // namespace
}  // namespace ordinal::controllers::autoscaling

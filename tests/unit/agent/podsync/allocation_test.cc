#include "agent/podsync/allocation.h"

#include <gmock/gmock.h>

#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {
namespace {

using ::testing::Eq;

api::Pod PodOf(const char* resources) {
  Json spec = Spec({"warm", "side*"}, {"main", "bare"});
  spec["containers"][0]["resources"] = Json::parse(resources);
  spec["initContainers"][1]["resources"] = Json::parse(R"({"requests":{"cpu":"10m"}})");
  return PodWith(std::move(spec));
}

TEST(Allocation, IsWhatTheSpecWrites) {
  const Allocation all =
      AllocationOf(PodOf(R"({"limits":{"cpu":"2"},"requests":{"cpu":"1","ephemeral-storage":"1Gi"}})"));
  EXPECT_EQ(all.containers.size(), 2U) << "those that have any";
  EXPECT_EQ(all.Of("main"), (Amounts{{{"cpu", "2"}}, {{"cpu", "1"}, {"ephemeral-storage", "1Gi"}}}));
  EXPECT_EQ(all.Of("side").requests, (api::StringMap{{"cpu", "10m"}}));
  EXPECT_TRUE(all.Of("bare").empty());
}

TEST(Allocation, GoesIntoThePodInsteadOfWhatItAsksFor) {
  Allocation given;
  given.containers["main"] = {{{"memory", "1Gi"}}, {{"cpu", "250m"}}};
  const api::Pod pod = WithAllocation(PodOf(R"({"limits":{"cpu":"2"}})"), given);
  EXPECT_EQ(pod.spec.containers[0].requests.at("cpu").MilliValue(), 250);
  EXPECT_EQ(pod.spec.containers[0].limits.at("memory").Value(), 1 << 30);
  EXPECT_FALSE(pod.spec.containers[0].limits.contains("cpu"));
  EXPECT_TRUE(pod.spec.init_containers[1].requests.empty());
}

TEST(Difference, IsOfProcessorsAndMemoryByTheirAmount) {
  const auto differs = [](Amounts a, Amounts b) {
    const Difference difference = DifferenceOf(a, b);
    return std::string(difference.cpu ? "cpu " : "") + (difference.memory ? "memory" : "");
  };
  EXPECT_EQ(differs({{}, {{"cpu", "1"}}}, {{}, {{"cpu", "1000m"}}}), "");
  EXPECT_EQ(differs({{}, {{"cpu", "1"}}}, {{}, {{"cpu", "1100m"}}}), "cpu ");
  EXPECT_EQ(differs({{{"memory", "1Gi"}}, {}}, {{}, {}}), "memory") << "one that has none";
  EXPECT_EQ(differs({{{"cpu", "1"}}, {}}, {{{"memory", "1"}}, {}}), "cpu memory");
  EXPECT_EQ(differs({{{"ephemeral-storage", "1"}}, {}}, {{}, {}}), "");
}

TEST(Difference, OfAContainerIsThatOfItsPodWhereItHasNothingOfItsOwn) {
  const Amounts pod{{{"memory", "1Gi"}}, {{"memory", "512Mi"}}}, larger{{{"memory", "2Gi"}}, {{"memory", "1Gi"}}};
  const Amounts own{{{"memory", "256Mi"}}, {}};
  const Difference bare = DifferenceOf(Portion{{}, pod}, Portion{{}, larger});
  EXPECT_TRUE(bare.memory && bare.inherited && !bare.cpu);
  EXPECT_FALSE(DifferenceOf(Portion{own, pod}, Portion{own, larger}).any()) << "its own limit counts";
  const Difference request = DifferenceOf(Portion{{}, pod}, Portion{{}, Amounts{pod.limits, larger.requests}});
  EXPECT_TRUE(request.inherited && request.any() && !request.memory) << "no restart follows from a request";
}

TEST(Portion, OfAnOlderAgentSaysNothingOfThePod) {
  const Amounts pod{{{"memory", "1Gi"}}, {}};
  EXPECT_EQ(PortionFromText(R"({"limits":{"cpu":"1"}})", pod), (Portion{{{{"cpu", "1"}}, {}}, pod}));
  EXPECT_EQ(PortionFromText(R"({"pod":{}})", pod), Portion()) << "it had none then";
  EXPECT_FALSE(TellsOfPod(R"({"limits":{"cpu":"1"}})"));
  EXPECT_TRUE(TellsOfPod(ToText(Portion())));
  const auto kept = KeptFromText(R"({"allocated":{},"pod":{"limits":{"memory":"1Gi"}},"actuated":{"0123":{}}})");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->pod_has, pod);
  EXPECT_EQ(kept->actuated.at("0123"), (Portion{{}, pod}));
}

TEST(KeptAllocation, ComesBackFromItsText) {
  KeptAllocation kept;
  kept.allocated = AllocationOf(PodOf(R"({"limits":{"cpu":"2"},"requests":{"cpu":"1"}})"));
  kept.allocated.pod.limits["memory"] = "1Gi";
  kept.pod_has.limits["memory"] = "2Gi";
  kept.actuated["0123"] = {Amounts{{{"cpu", "1"}}, {}}, kept.allocated.pod};
  kept.actuated["4567"] = {};
  kept.ended_to_restart = {"89ab"};
  kept.generation = 3;
  kept.unfinished = true;
  const auto read = KeptFromText(ToText(kept));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->allocated, kept.allocated);
  EXPECT_EQ(read->pod_has, kept.pod_has);
  EXPECT_EQ(read->actuated, kept.actuated);
  EXPECT_EQ(read->ended_to_restart, kept.ended_to_restart);
  EXPECT_EQ(read->generation, 3);
  EXPECT_TRUE(read->unfinished);
}

TEST(KeptAllocation, ThatCannotBeReadIsNothing) {
  for (const char* text : {"", "{", "[]", "7", "{}", "\xff\xfe"})
    EXPECT_EQ(KeptFromText(text).has_value(), false) << text;
  EXPECT_THAT(PortionFromText("{"), Eq(std::nullopt));
  EXPECT_EQ(PortionFromText(R"({"limits":{"cpu":7},"requests":[]})"), Portion()) << "what is no text is left out";
  EXPECT_TRUE(KeptFromText(R"({"allocated":{"main":7},"actuated":null})"));
}

}  // namespace
}  // namespace ordinal::podsync

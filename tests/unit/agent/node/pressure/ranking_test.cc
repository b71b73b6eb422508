// Who goes first, and what he is told.
#include "agent/node/pressure/ranking.h"

#include <gmock/gmock.h>

#include "tests/unit/agent/node/pressure/pods.h"

namespace ordinal::node {
namespace {

using api::Json;
using ::testing::ElementsAre;

PodUse Using(Json pod, int64_t use, int64_t request = 0, bool known = true) {
  return {ViewOf(std::move(pod)), known, use, request};
}

std::vector<std::string> Ranked(std::vector<PodUse> pods, bool with_requests = true) {
  RankForEviction(pods, with_requests);
  std::vector<std::string> names;
  for (const PodUse& each : pods) names.push_back(each.pod->meta.name);
  return names;
}

Json Priority(int64_t priority) { return {{"priority", priority}}; }

TEST(EvictionRanking, UseOverTheRequestThenPriorityThenUse) {
  EXPECT_THAT(Ranked({Using(PodNamed("within"), 900, 1000), Using(PodNamed("over"), 20, 10)}),
              ElementsAre("over", "within"));
  EXPECT_THAT(
      Ranked({Using(PodNamed("important", Priority(5)), 900, 10), Using(PodNamed("other", Priority(1)), 20, 10)}),
      ElementsAre("other", "important"));
  EXPECT_THAT(Ranked({Using(PodNamed("less"), 600, 500), Using(PodNamed("more"), 300, 100)}),
              ElementsAre("more", "less"));
  // Of those within their requests, too, who is nearest to it or has asked for least.
  EXPECT_THAT(Ranked({Using(PodNamed("far"), 10, 900), Using(PodNamed("near"), 800, 900)}), ElementsAre("near", "far"));
}

TEST(EvictionRanking, WhatIsNotKnownGoesFirst) {
  EXPECT_THAT(Ranked({Using(PodNamed("known"), 900, 10), Using(PodNamed("unknown"), 0, 0, false)}),
              ElementsAre("unknown", "known"));
}

TEST(EvictionRanking, OrdinalsGoLastAmongThoseThatUseAboutAsMuchTheHighestFirst) {
  EXPECT_THAT(Ranked({Using(OrdinalOf("db", 0), 1000), Using(OrdinalOf("db", 1), 1000), Using(PodNamed("web"), 600)}),
              ElementsAre("web", "db-1", "db-0"));
  // Who takes far more is the cause, ordinal or not.
  EXPECT_THAT(Ranked({Using(PodNamed("web"), 600), Using(OrdinalOf("db", 0), 100'000)}), ElementsAre("db-0", "web"));
}

TEST(EvictionRanking, ForProcessesPriorityThenTheirNumber) {
  EXPECT_THAT(Ranked({Using(PodNamed("few"), 3, 100), Using(PodNamed("many"), 90, 100),
                      Using(PodNamed("low", Priority(-1)), 1, 100)},
                     /*with_requests=*/false),
              ElementsAre("low", "many", "few"));
}

TEST(EvictionRanking, ForProcessesPriorityGoesBeforeWhatIsNotKnown) {
  EXPECT_THAT(Ranked({Using(PodNamed("unknown", Priority(5)), 0, 0, false), Using(PodNamed("low", Priority(1)), 90),
                      Using(PodNamed("unknown-low", Priority(1)), 0, 0, false)},
                     /*with_requests=*/false),
              ElementsAre("unknown-low", "low", "unknown"));
}

TEST(EvictionRanking, PrioritiesOfTheSystemAreKnownByTheirClasses) {
  EXPECT_EQ(PriorityOf(*ViewOf(PodNamed("a"))), 0);
  EXPECT_EQ(PriorityOf(*ViewOf(PodNamed("a", Priority(7)))), 7);
  EXPECT_EQ(PriorityOf(*ViewOf(PodNamed("a", {{"priorityClassName", "system-node-critical"}, {"priority", 0}}))),
            2'000'001'000);
  EXPECT_EQ(PriorityOf(*ViewOf(PodNamed("a", {{"priorityClassName", "system-cluster-critical"}}))), kCriticalPriority);
}

TEST(EvictionRanking, APodIsNoOrdinalWithoutItsSet) {
  EXPECT_FALSE(SetMemberOf(*ViewOf(PodNamed("db-1"))));
  EXPECT_EQ(SetMemberOf(*ViewOf(OrdinalOf("db", 12)))->ordinal, 12);
  Json odd = OrdinalOf("db", 1);
  odd["metadata"]["name"] = "db-x";
  EXPECT_FALSE(SetMemberOf(*ViewOf(odd)));
}

TEST(EvictionMessages, NameTheResourceTheThresholdAndWhoUsesMoreThanItAskedFor) {
  const Threshold memory{EvictionSignal::kMemoryAvailable, {100 << 20, std::nullopt}};
  PodUse pod = Using(PodNamed("a"), 0);
  pod.containers = {{"main", 300 << 20, 64 << 20}, {"side", 1 << 20, 2 << 20}};
  EXPECT_EQ(
      EvictionMessage(memory, {71 << 20, int64_t{8} << 30}, pod),
      "The node was low on resource: memory. Threshold quantity: 100Mi, available: 71Mi. Container main was using "
      "300Mi, request is 64Mi, has larger consumption of memory. ");
  const Threshold inodes{EvictionSignal::kNodefsInodesFree, {0, 0.05}};
  pod.containers.clear();
  EXPECT_EQ(EvictionMessage(inodes, {10, 1000}, pod),
            "The node was low on resource: inodes. Threshold quantity: 50, available: 10. ");
}

}  // namespace
}  // namespace ordinal::node

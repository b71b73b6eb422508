// Claim templates that grow or are added, and claims that are lost.
#include <gmock/gmock.h>

#include "agent/controllers/statefulset/ordinal_claims.h"
#include "tests/unit/agent/controllers/statefulset_world.h"

namespace ordinal::controllers::statefulset {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Json& StorageOf(World& world, size_t at) {
  return world.set["spec"]["volumeClaimTemplates"][at]["spec"]["resources"]["requests"]["storage"];
}

World Running(int count) {
  World world(Set("kubia", count));
  world.Settle();
  return world;
}

TEST(StatefulSetClaims, GrowWithTheirTemplateAndNoPodIsTouched) {
  // Given three ready pods, and the claim of an ordinal that is not wanted any more
  World world = Running(3);
  world.claims.insert("data-kubia-3");
  const std::string revision = world.Revision();
  // When the template asks for more
  StorageOf(world, 0) = "2Mi";
  // Then the claims of the wanted ordinals are raised, and that is all
  EXPECT_THAT(world.Settle(), IsEmpty());
  for (int64_t ordinal = 0; ordinal < 3; ++ordinal) EXPECT_EQ(world.sizes[ClaimName("data", "kubia", ordinal)], "2Mi");
  EXPECT_FALSE(world.sizes.contains("data-kubia-3"));
  EXPECT_EQ(world.Revision(), revision) << "a claim template is no part of a revision";
  EXPECT_FALSE(world.set["status"].contains("conditions"));
  // When the ordinal is wanted again, then its claim grows
  world.set["spec"]["replicas"] = 4;
  world.Settle();
  EXPECT_EQ(world.sizes["data-kubia-3"], "2Mi");
}

TEST(StatefulSetClaims, NeverShrink) {
  World world = Running(2);
  world.sizes["data-kubia-0"] = "1Gi";
  world.sizes["data-kubia-1"] = "1024Ki";
  EXPECT_THAT(MakePlan(world.Seen()).grow_claims, IsEmpty());
  StorageOf(world, 0) = "2Mi";
  const auto grow = MakePlan(world.Seen()).grow_claims;
  ASSERT_EQ(grow.size(), 1u);
  EXPECT_EQ(grow[0].name, "data-kubia-1");
  EXPECT_EQ(grow[0].uid, "data-kubia-1-uid");
}

TEST(StatefulSetClaims, OneThatIsBeingDeletedDoesNotGrow) {
  World world = Running(1);
  StorageOf(world, 0) = "2Mi";
  Observed seen = world.Seen();
  Replace(seen.claims["data-kubia-0"], [&](auto& claim) { claim.meta.deleted = seen.now; });
  EXPECT_THAT(MakePlan(seen).grow_claims, IsEmpty());
}

TEST(StatefulSetClaims, OfANewTemplateAreMadeForExistingOrdinalsWhosePodsRunOn) {
  World world = Running(2);
  const std::string revision = world.Revision();
  Json added = world.set["spec"]["volumeClaimTemplates"][0];
  added["metadata"]["name"] = "log";
  world.set["spec"]["volumeClaimTemplates"].push_back(added);
  EXPECT_THAT(world.Settle(), IsEmpty());
  EXPECT_THAT(world.claims, ElementsAre("data-kubia-0", "data-kubia-1", "log-kubia-0", "log-kubia-1"));
  EXPECT_EQ(world.Revision(), revision);
  // When a pod is made again, then it has the new volume
  world.Turn(1, PodState::kMissing);
  const Plan plan = MakePlan(world.Seen());
  ASSERT_EQ(plan.pods.size(), 1u);
  const Json pod = *std::get<CreatePod>(plan.pods[0]).pod;
  ASSERT_EQ(pod["spec"]["volumes"].size(), 2u);
  EXPECT_EQ(pod["spec"]["volumes"][1]["persistentVolumeClaim"]["claimName"], "log-kubia-1");
}

struct LostCase {
  std::string name, policy, pods;  // pods in letters; the claims of all are lost
  std::vector<std::string> made;
};

TEST(StatefulSetClaims, ThatVanishedUnderAPodAreMadeAgainWhateverTheOrder) {
  const std::vector<LostCase> cases{
      {"under a pending pod", "OrderedReady", "p", {"data-kubia-0"}},
      {"under a pending pod above one that is not ready",
       "OrderedReady",
       "pRp",
       {"data-kubia-0", "data-kubia-1", "data-kubia-2"}},
      {"under a running pod", "OrderedReady", "R", {"data-kubia-0"}},
      {"in parallel", "Parallel", "pp", {"data-kubia-0", "data-kubia-1"}},
      {"not under one that goes: its successor gets it", "Parallel", "tp", {"data-kubia-1"}},
      {"nor under one that is replaced", "Parallel", "Fp", {"data-kubia-1"}},
  };
  for (const LostCase& test : cases) {
    SCOPED_TRACE(test.name);
    const auto count = static_cast<int>(test.pods.size());
    World world(Set("kubia", count, Json{{"podManagementPolicy", test.policy}}));
    for (int64_t ordinal = 0; ordinal < count; ++ordinal) {
      for (const PodState state : kAllStates) {
        if (Letter(state) == test.pods[ordinal]) world.Put(ordinal, state);
      }
    }
    world.Sync();
    EXPECT_EQ(world.claims, std::set<std::string>(test.made.begin(), test.made.end()));
  }
}

}  // namespace
}  // namespace ordinal::controllers::statefulset

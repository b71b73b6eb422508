// Rolling updates, revisions, and the retention of claims.
#include <gmock/gmock.h>

#include "agent/controllers/statefulset/retention.h"
#include "tests/unit/agent/controllers/statefulset_world.h"

namespace ordinal::controllers::statefulset {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A world with `count` ready pods of the first template, whose template then changed.
World Changed(int count, Json spec) {
  World world(Set("kubia", count, spec));
  for (int64_t ordinal = 0; ordinal < count; ++ordinal) world.Put(ordinal, PodState::kReady);
  world.Settle();
  world.set["spec"]["template"]["metadata"]["annotations"]["v"] = "2";
  return world;
}

Json RollingUpdate(Json parameters) {
  return Json{{"updateStrategy", Json{{"type", "RollingUpdate"}, {"rollingUpdate", std::move(parameters)}}}};
}

struct UpdateCase {
  std::string name;
  int replicas;
  Json spec;
  std::vector<std::string> done;
};

TEST(StatefulSetUpdate, ReplacesFromTheHighestOrdinalDown) {
  const Json parallel{{"podManagementPolicy", "Parallel"}};
  Json parallel_two = RollingUpdate({{"maxUnavailable", 2}});
  parallel_two.merge_patch(parallel);
  const std::vector<UpdateCase> cases{
      {"one by one", 3, RollingUpdate({{"partition", 0}}), {"-2", "+2", "-1", "+1", "-0", "+0"}},
      {"down to the partition", 3, RollingUpdate({{"partition", 1}}), {"-2", "+2", "-1", "+1"}},
      {"partition above all", 3, RollingUpdate({{"partition", 7}}), {}},
      {"on delete: nothing by itself",
       3,
       Json{{"updateStrategy", Json{{"type", "OnDelete"}, {"rollingUpdate", nullptr}}}},
       {}},
      {"parallel updates one by one too", 3, parallel, {"-2", "+2", "-1", "+1", "-0", "+0"}},
      {"in order, two at a time",
       4,
       RollingUpdate({{"maxUnavailable", 2}}),
       {"-3", "-2", "+2", "+3", "-1", "-0", "+0", "+1"}},
      {"in order, all at a time", 3, RollingUpdate({{"maxUnavailable", "100%"}}), {"-2", "-1", "-0", "+0", "+1", "+2"}},
      {"in order, two at a time, down to the partition",
       4,
       RollingUpdate({{"maxUnavailable", 2}, {"partition", 1}}),
       {"-3", "-2", "+2", "+3", "-1", "+1"}},
      {"two at a time", 4, parallel_two, {"-3", "-2", "+2", "-1", "+3", "-0", "+1", "+0"}},
      {"half, rounded down", 3, RollingUpdate({{"maxUnavailable", "50%"}}), {"-2", "+2", "-1", "+1", "-0", "+0"}},
  };
  for (const UpdateCase& test : cases) {
    SCOPED_TRACE(test.name);
    World world = Changed(test.replicas, test.spec);
    auto done = world.Settle();
    if (test.name == "two at a time") {
      // Which of two comes back first is the node's affair; that never more than two are away is the rule.
      std::sort(done.begin(), done.end());
      auto expected = test.done;
      std::sort(expected.begin(), expected.end());
      EXPECT_EQ(done, expected);
      continue;
    }
    EXPECT_EQ(done, test.done);
  }
}

TEST(StatefulSetUpdate, NeverMoreThanMaxUnavailableAreAway) {
  Json spec = RollingUpdate({{"maxUnavailable", "40%"}});
  spec["podManagementPolicy"] = "Parallel";
  World world = Changed(5, spec);
  for (int round = 0; round < 100; ++round) {
    world.Carry(MakePlan(world.Seen()));
    const std::string picture = world.Picture(5);
    EXPECT_LE(5 - std::count(picture.begin(), picture.end(), 'R'), 2) << picture;
    world.NodeStep();
  }
  EXPECT_EQ(world.Picture(5), "RRRRR");
  EXPECT_EQ(world.set["status"]["updatedReplicas"], 5);
}

TEST(StatefulSetUpdate, ALostPodBelowThePartitionComesBackAtTheCurrentRevision) {
  World world = Changed(3, RollingUpdate({{"partition", 1}}));
  const std::string before = world.ordinals[0].revision;
  world.Settle();
  world.ordinals[0].state = PodState::kMissing;
  world.ordinals[1].state = PodState::kMissing;
  EXPECT_THAT(world.Settle(), ElementsAre("+0", "+1"));
  EXPECT_EQ(world.ordinals[0].revision, before);
  EXPECT_NE(world.ordinals[1].revision, before);
  EXPECT_EQ(world.set["status"]["currentRevision"], before);
}

TEST(StatefulSetUpdate, WithOnDeleteADeletedPodComesBackUpdated) {
  World world = Changed(2, Json{{"updateStrategy", Json{{"type", "OnDelete"}, {"rollingUpdate", nullptr}}}});
  EXPECT_THAT(world.Settle(), IsEmpty());
  world.ordinals[1].state = PodState::kMissing;
  EXPECT_THAT(world.Settle(), ElementsAre("+1"));
  EXPECT_EQ(world.ordinals[1].revision, world.Revision());
}

TEST(StatefulSetUpdate, WhenAllAreUpdatedTheCurrentRevisionBecomesTheUpdateRevision) {
  World world = Changed(2, RollingUpdate({{"partition", 0}}));
  const std::string before = world.set["status"]["currentRevision"];
  world.Settle();
  EXPECT_NE(world.set["status"]["currentRevision"], before);
  EXPECT_EQ(world.set["status"]["currentRevision"], world.set["status"]["updateRevision"]);
  EXPECT_EQ(world.set["status"]["currentReplicas"], 2);
}

TEST(StatefulSetRevisions, GoingBackRenumbersTheEarlierRevision) {
  World world = Changed(1, Json::object());
  world.Settle();
  ASSERT_EQ(world.revisions.size(), 2u);
  world.set["spec"]["template"]["metadata"].erase("annotations");
  world.Settle();
  ASSERT_EQ(world.revisions.size(), 2u);
  EXPECT_EQ(world.revisions[0]["revision"], 3);
  EXPECT_EQ(world.set["status"]["updateRevision"], world.revisions[0]["metadata"]["name"]);
}

TEST(StatefulSetRevisions, SurplusOnesGoOldestFirstAndLiveOnesStay) {
  const auto set = api::StatefulSet::From(Object(Set("kubia", 1, Json{{"revisionHistoryLimit", 1}})));
  api::Refs<api::ControllerRevision> known(5);
  for (int i = 0; i < 5; ++i) {
    Replace(known[i], [i](api::ControllerRevision& each) {
      each.meta.name = fmt::format("kubia-{}", i);
      each.revision = 10 - i;  // kubia-4 is the oldest
    });
  }
  EXPECT_THAT(SurplusRevisions(set, known, {"kubia-0", "kubia-3"}), ElementsAre("kubia-4", "kubia-2"));
}

struct RetentionCase {
  std::string scaled, deleted;
  std::string wanted_owner, excess_owner;  // "" nobody
};

TEST(StatefulSetRetention, OwnersOfClaims) {
  const std::vector<RetentionCase> cases{
      {"Retain", "Retain", "", ""},
      {"Retain", "Delete", "set-uid", "set-uid"},
      {"Delete", "Retain", "", "kubia-1-uid"},
      {"Delete", "Delete", "set-uid", "kubia-1-uid"},
  };
  for (const RetentionCase& test : cases) {
    SCOPED_TRACE(test.scaled + "/" + test.deleted);
    const Json policy{{"whenScaled", test.scaled}, {"whenDeleted", test.deleted}};
    World world(Set("kubia", 1, Json{{"persistentVolumeClaimRetentionPolicy", policy}}));
    world.Put(0, PodState::kReady);
    world.Put(1, PodState::kReady);
    world.claims = {"data-kubia-0", "data-kubia-1"};
    std::map<std::string, std::string> owners;
    for (const SetClaimOwners& action : MakePlan(world.Seen()).claim_owners) {
      owners[action.name] = action.owners.empty() ? "nobody" : action.owners[0]["uid"].get<std::string>();
    }
    std::map<std::string, std::string> expected;
    if (!test.wanted_owner.empty()) expected["data-kubia-0"] = test.wanted_owner;
    if (!test.excess_owner.empty()) expected["data-kubia-1"] = test.excess_owner;
    EXPECT_EQ(owners, expected);
  }
}

TEST(StatefulSetRetention, AnOrdinalWantedAgainGetsItsClaimBackBeforeThePodIsGone) {
  const Json policy{{"whenScaled", "Delete"}, {"whenDeleted", "Retain"}};
  World world(Set("kubia", 2, Json{{"persistentVolumeClaimRetentionPolicy", policy}}));
  world.Put(0, PodState::kReady);
  world.Put(1, PodState::kTerminating);
  world.claims = {"data-kubia-0", "data-kubia-1"};
  Observed seen = world.Seen();
  Replace(seen.claims["data-kubia-1"], [](api::PersistentVolumeClaim& claim) {
    claim.meta.owners = {api::OwnerReference{"v1", "Pod", "kubia-1", "kubia-1-uid", false, false}};
  });
  const Plan plan = MakePlan(seen);
  ASSERT_EQ(plan.claim_owners.size(), 1u);
  EXPECT_EQ(plan.claim_owners[0].name, "data-kubia-1");
  EXPECT_THAT(plan.claim_owners[0].owners, IsEmpty());
}

TEST(StatefulSetRetention, AClaimOnItsWayOutIsWaitedFor) {
  World world(Set("kubia", 1));
  Observed seen = world.Seen();
  Replace(seen.claims["data-kubia-0"], [&](api::PersistentVolumeClaim& claim) {
    claim.meta.name = "data-kubia-0";
    claim.meta.deleted = seen.now;
  });
  Plan plan = MakePlan(seen);
  EXPECT_THAT(plan.pods, IsEmpty());
  EXPECT_FALSE(plan.in_the_way.has_value());
  EXPECT_EQ(plan.look_again, kPatience);
  // When that takes long, then the set says what it waits for
  seen.now += kPatience;
  plan = MakePlan(seen);
  ASSERT_TRUE(plan.in_the_way.has_value());
  EXPECT_THAT(plan.in_the_way->message, testing::HasSubstr("data-kubia-0"));
}

}  // namespace
}  // namespace ordinal::controllers::statefulset

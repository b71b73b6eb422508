// Rolling updates that meet trouble: broken templates, pods that are down anyway, images that are not there.
#include <gmock/gmock.h>

#include "agent/controllers/statefulset/rollout.h"
#include "tests/unit/agent/controllers/statefulset_world.h"

namespace ordinal::controllers::statefulset {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Strategy {
  std::string name;
  Json spec;
};
Strategy Of(const std::string& policy, Json rolling) {
  return {policy + " " + rolling.dump(),
          Json{{"podManagementPolicy", policy},
               {"updateStrategy", Json{{"type", "RollingUpdate"}, {"rollingUpdate", std::move(rolling)}}}}};
}

/// `count` ready pods of the first template, with their claims.
World Running(int count, const Json& spec) {
  World world(Set("kubia", count, spec));
  for (int64_t ordinal = 0; ordinal < count; ++ordinal) world.Put(ordinal, PodState::kReady);
  world.Settle();
  return world;
}

TEST(StatefulSetRollout, MaxUnavailableIsANumberOrAPercentageRoundedDownAndAtLeastOne) {
  struct Case {
    Json value;
    int replicas;
    int64_t expected;
  };
  const std::vector<Case> cases{{nullptr, 5, 1}, {1, 5, 1},     {3, 5, 3},      {9, 5, 9},      {"40%", 5, 2},
                                {"39%", 5, 1},   {"10%", 5, 1}, {"100%", 5, 5}, {"100%", 0, 1}, {"25%", 1000, 250}};
  for (const Case& test : cases) {
    const Strategy strategy = Of("Parallel", Json{{"maxUnavailable", test.value}});
    const auto set = api::StatefulSet::From(Object(Set("kubia", test.replicas, strategy.spec)));
    EXPECT_EQ(MaxUnavailable(set), test.expected) << test.value << " of " << test.replicas;
  }
}

// A new template's first pod never becomes ready. The reference waits for that pod for ever: even when the template is
// corrected or rolled back, the broken pod stays until somebody deletes it.
TEST(StatefulSetRollout, TheTrapOfABrokenTemplateIsLeftAsSoonAsTheTemplateIsCorrected) {
  for (const Strategy& strategy :
       {Of("OrderedReady", {{"partition", 0}}), Of("OrderedReady", {{"maxUnavailable", 2}}),
        Of("Parallel", {{"partition", 0}}), Of("Parallel", {{"maxUnavailable", 2}}),
        Of("OrderedReady", {{"partition", 1}}), Of("Parallel", {{"partition", 1}, {"maxUnavailable", "50%"}})}) {
    for (const std::string corrected : {"3", "rolled back"}) {
      SCOPED_TRACE(strategy.name + ", " + corrected);
      // Given a set in the middle of an update to a template whose pods never become ready
      World world = Running(4, strategy.spec);
      const std::string first = world.Revision();
      world.Template("2");
      world.broken = {world.Revision()};
      world.Settle();
      const std::string stuck = world.Picture(4);
      ASSERT_NE(stuck, "RRRR");
      // When nothing changes, then nothing changes: waiting does not help
      world.now += std::chrono::hours(24);
      EXPECT_THAT(world.Settle(), IsEmpty());
      EXPECT_EQ(world.Picture(4), stuck);
      // When the template is corrected, then the broken pods are replaced and the update runs through
      if (corrected == "rolled back") {
        world.set["spec"]["template"]["metadata"].erase("annotations");
        ASSERT_EQ(world.Revision(), first);
      } else {
        world.Template(corrected);
      }
      world.Settle();
      EXPECT_EQ(world.Picture(4), "RRRR");
      const int64_t partition = strategy.spec["updateStrategy"]["rollingUpdate"].value("partition", 0);
      for (int64_t ordinal = 0; ordinal < 4; ++ordinal) {
        EXPECT_EQ(world.ordinals[ordinal].revision, ordinal < partition ? first : world.Revision()) << ordinal;
      }
    }
  }
}

TEST(StatefulSetRollout, ABrokenPodGoesInTheFirstPassWhateverImagesSay) {
  for (const std::string policy : {"OrderedReady", "Parallel"}) {
    World world = Running(3, Of(policy, {{"partition", 0}}).spec);
    world.Template("2");
    world.broken = {world.Revision()};
    world.Settle();
    ASSERT_EQ(world.Picture(3), "RRp");
    world.Template("3");
    world.images = ImageState{ImageState::Phase::kFailed, "ErrImagePull", "no such image", std::nullopt};
    EXPECT_THAT(world.Sync(), ElementsAre("-2")) << policy;
  }
}

TEST(StatefulSetRollout, BelowThePartitionABrokenPodComesBackAtTheCurrentRevision) {
  // Given an update that broke on its first pod, after which the partition is raised above it
  World world = Running(3, Of("OrderedReady", {{"partition", 0}}).spec);
  const std::string first = world.Revision();
  world.Template("2");
  world.broken = {world.Revision()};
  world.Settle();
  world.set["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = 3;
  EXPECT_THAT(world.Settle(), ElementsAre("-2", "+2"));
  EXPECT_EQ(world.ordinals[2].revision, first);
  EXPECT_EQ(world.Picture(3), "RRR");
}

TEST(StatefulSetRollout, BelowThePartitionAHealthyPodStaysWhatItIs) {
  World world = Running(3, Of("Parallel", {{"partition", 2}}).spec);
  world.Template("2");
  EXPECT_THAT(world.Settle(), ElementsAre("-2", "+2"));
  world.set["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = 3;
  EXPECT_THAT(world.Settle(), IsEmpty());
}

struct BudgetCase {
  std::string pods;  // letters; the last `updated` ordinals are of the update's revision
  int updated;
  std::vector<std::string> expected;
};

TEST(StatefulSetRollout, PodsThatAreDownForWhateverReasonCountAsUnavailable) {
  // Given Parallel with maxUnavailable 2 of 4
  const std::vector<BudgetCase> cases{
      {"RRRR", 0, {"-3", "-2"}}, {"RRRn", 1, {"-2"}},       {"RRRt", 1, {"-2"}},       {"RRnn", 2, {}},
      {"RRtn", 2, {}},           {"RRnR", 2, {"-1"}},       {"RRRR", 2, {"-1", "-0"}}, {"tRRR", 0, {"-3"}},
      {"RRR.", 1, {"+3", "-2"}}, {"RRnR", 0, {"-2", "-3"}},
  };
  for (const BudgetCase& test : cases) {
    SCOPED_TRACE(fmt::format("{}, {} updated", test.pods, test.updated));
    World world = Running(4, Of("Parallel", {{"maxUnavailable", 2}}).spec);
    world.Template("2");
    world.Carry(MakePlan(world.Seen()).revisions);
    for (int64_t ordinal = 0; ordinal < 4; ++ordinal) {
      for (const PodState state : kAllStates) {
        if (Letter(state) == test.pods[ordinal]) world.ordinals[ordinal].state = state;
      }
      if (ordinal >= 4 - test.updated) world.ordinals[ordinal].revision = world.Revision();
    }
    EXPECT_EQ(world.Sync(), test.expected);
  }
}

TEST(StatefulSetRollout, MinReadySecondsHoldsTheNextStepOfAnUpdate) {
  for (const std::string policy : {"OrderedReady", "Parallel"}) {
    Json spec = Of(policy, {{"partition", 0}}).spec;
    spec["minReadySeconds"] = 60;
    World world = Running(2, spec);
    world.Template("2");
    EXPECT_THAT(world.Sync(), ElementsAre("-1"));
    world.Turn(1, PodState::kMissing);
    EXPECT_THAT(world.Sync(), ElementsAre("+1"));
    world.Turn(1, PodState::kReady);
    world.now += std::chrono::seconds(59);
    EXPECT_THAT(world.Sync(), IsEmpty());
    EXPECT_EQ(MakePlan(world.Seen()).look_again, Duration(std::chrono::seconds(1)));
    world.now += std::chrono::seconds(1);
    EXPECT_THAT(world.Sync(), ElementsAre("-0"));
  }
}

/// A set of three at a settled first template, whose template changed and whose pod 2 was made anew.
World Updating(const Strategy& strategy) {
  World world = Running(3, strategy.spec);
  world.settling = kUsualSettling;
  world.Template("2");
  EXPECT_THAT(world.Sync(), ElementsAre("-2"));
  world.Turn(2, PodState::kMissing);
  EXPECT_THAT(world.Sync(), ElementsAre("+2"));
  return world;
}

const std::vector<Strategy> kOneByOne{Of("OrderedReady", {{"partition", 0}}), Of("Parallel", {{"maxUnavailable", 1}})};

TEST(StatefulSetRollout, ATemplateThatCrashesAtOnceTouchesTheHighestOrdinalOnly) {
  for (const Strategy& strategy : kOneByOne) {
    SCOPED_TRACE(strategy.name);
    World world = Updating(strategy);
    for (int crash = 0; crash < 20; ++crash) {
      // When the pod is up for a moment and crashes, as often as it is started again, then no other pod is touched
      world.Turn(2, PodState::kReady);
      EXPECT_THAT(world.Sync(), IsEmpty()) << "up";
      world.now += milliseconds(20);
      EXPECT_THAT(world.Sync(), IsEmpty()) << "up for 20 ms";
      world.Turn(2, PodState::kRunning);
      EXPECT_THAT(world.Sync(), IsEmpty()) << "down";
      world.now += seconds(10);
      EXPECT_THAT(world.Sync(), IsEmpty()) << "down for 10 s";
    }
    EXPECT_EQ(world.ordinals[0].made + world.ordinals[1].made, 0);
    // When the template is corrected, then the update runs through
    world.Template("3");
    std::vector<std::string> done;
    for (int round = 0; round < 40; ++round) {
      const auto step = world.Sync();
      done.insert(done.end(), step.begin(), step.end());
      if (!world.NodeStep() && step.empty()) world.now += milliseconds(250);
    }
    EXPECT_THAT(done, ElementsAre("-2", "+2", "-1", "+1", "-0", "+0"));
  }
}

TEST(StatefulSetRollout, AnUpdateGoesOnAfterASecondAndThenAfterAQuarter) {
  for (const Strategy& strategy : kOneByOne) {
    SCOPED_TRACE(strategy.name);
    World world = Updating(strategy);
    // Given the first pod of the revision, when it is up, then the update waits a second for it and is rolling
    world.Turn(2, PodState::kReady);
    EXPECT_THAT(world.Sync(), IsEmpty());
    EXPECT_EQ(MakePlan(world.Seen()).look_again, Duration(seconds(1)));
    EXPECT_EQ(world.Progress()["status"], "True");
    world.now += milliseconds(999);
    EXPECT_THAT(world.Sync(), IsEmpty());
    EXPECT_EQ(MakePlan(world.Seen()).look_again, Duration(milliseconds(1)));
    world.now += milliseconds(1);
    EXPECT_THAT(world.Sync(), ElementsAre("-1"));
    world.Turn(1, PodState::kMissing);
    EXPECT_THAT(world.Sync(), ElementsAre("+1"));
    // Given the next one, then a quarter of a second is enough
    world.Turn(1, PodState::kReady);
    EXPECT_THAT(world.Sync(), IsEmpty());
    EXPECT_EQ(MakePlan(world.Seen()).look_again, Duration(milliseconds(250)));
    world.now += milliseconds(250);
    EXPECT_THAT(world.Sync(), ElementsAre("-0"));
    world.Turn(0, PodState::kMissing);
    EXPECT_THAT(world.Sync(), ElementsAre("+0"));
    // After the last one nothing is left to wait for
    world.Turn(0, PodState::kReady);
    EXPECT_THAT(world.Sync(), IsEmpty());
    EXPECT_EQ(world.Progress(), Json());
    EXPECT_EQ(MakePlan(world.Seen()).look_again, std::nullopt);
  }
}

TEST(StatefulSetRollout, APodWithAReadinessProbeNeedNotSettle) {
  World world = Updating(kOneByOne[0]);
  world.Turn(2, PodState::kReady);
  Observed seen = world.Seen();
  for (api::Ref<api::Pod>& pod : seen.pods) {
    const Json probed = Json::array({Json{{"name", "main"}, {"readinessProbe", Json{{"tcpSocket", {{"port", 80}}}}}}});
    pod = api::Pod::From(Object(With(pod->object.body(), "/spec/containers", probed)));
  }
  EXPECT_THAT(world.Carry(MakePlan(seen)), ElementsAre("-1"));
}

TEST(StatefulSetRollout, WithMinReadySecondsTheLongerOfTheTwoCounts) {
  for (const int min_ready : {1, 5}) {
    Strategy strategy = kOneByOne[0];
    strategy.spec["minReadySeconds"] = min_ready;
    World world = Updating(strategy);
    world.settling = Settling{seconds(3), seconds(3)};
    world.Turn(2, PodState::kReady);
    const seconds wait{std::max(3, min_ready)};
    world.now += wait - milliseconds(1);
    EXPECT_THAT(world.Sync(), IsEmpty());
    world.now += milliseconds(1);
    EXPECT_THAT(world.Sync(), ElementsAre("-1"));
  }
}

TEST(StatefulSetRollout, WhatIsMadeWithoutAnUpdateNeverSettles) {
  // Given an empty set, and one that grows after an update
  World world(Set("kubia", 2));
  world.settling = kUsualSettling;
  EXPECT_EQ(world.Settle(), (std::vector<std::string>{"+0", "+1"})) << "no time passes";
  world = Updating(kOneByOne[0]);
  world.settling = Settling();
  world.Settle();
  world.settling = kUsualSettling;
  world.set["spec"]["replicas"] = 5;
  EXPECT_EQ(world.Settle(), (std::vector<std::string>{"+3", "+4"}));
}

TEST(StatefulSetRollout, ARunningPodGoesOnlyWhenTheImagesOfItsSuccessorAreHere) {
  for (const std::string policy : {"OrderedReady", "Parallel"}) {
    World world = Running(2, Of(policy, {{"maxUnavailable", 2}}).spec);
    world.Template("2");
    // When nobody asked yet, then the plan asks
    world.images.reset();
    Plan plan = MakePlan(world.Seen());
    EXPECT_TRUE(plan.needs_images);
    EXPECT_THAT(world.Carry(plan), IsEmpty());
    // When they are being pulled, then the pod runs on, and the set is rolling
    world.images = ImageState{ImageState::Phase::kPulling, "", "", std::nullopt};
    EXPECT_THAT(world.Sync(), IsEmpty());
    EXPECT_EQ(world.Progress()["status"], "True");
    // When they cannot be had, then the pod runs on, and the set says why
    world.images = ImageState{ImageState::Phase::kFailed, "ErrImagePull", "no such image", std::chrono::seconds(7)};
    plan = MakePlan(world.Seen());
    EXPECT_EQ(plan.look_again, Duration(std::chrono::seconds(7)));
    EXPECT_THAT(world.Carry(plan), IsEmpty());
    EXPECT_EQ(world.Progress()["status"], "False");
    EXPECT_EQ(world.Progress()["reason"], "ErrImagePull");
    const std::string message = world.Progress()["message"];
    EXPECT_THAT(message, HasSubstr("pod kubia-1"));
    EXPECT_THAT(message, HasSubstr(world.Revision()));
    EXPECT_THAT(message, HasSubstr("no such image"));
    EXPECT_EQ(world.Picture(2), "RR");
    // When they are here, then it goes
    world.images = ImageState();
    EXPECT_THAT(world.Sync(), ElementsAre("-1", "-0"));
  }
}

TEST(StatefulSetRollout, ImagesAreNotAskedForWhenNoRunningPodHasToGo) {
  World world = Running(2, Json::object());
  world.images.reset();
  EXPECT_FALSE(MakePlan(world.Seen()).needs_images) << "nothing is outdated";
  world.Template("2");
  world.Turn(0, PodState::kRunning);
  EXPECT_FALSE(MakePlan(world.Seen()).needs_images) << "kubia-0 is down anyway, and kubia-1 waits for it";
}

}  // namespace
}  // namespace ordinal::controllers::statefulset

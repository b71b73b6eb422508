#include "agent/controllers/statefulset/plan.h"

#include <gmock/gmock.h>

#include "tests/unit/agent/controllers/statefulset_world.h"

namespace ordinal::controllers::statefulset {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

bool Present(PodState state) { return state != PodState::kMissing; }

/// Puts ordinals 0, 1, 2 into the three states, with the claims of the pods that exist.
World Populated(World world, const std::array<PodState, 3>& states) {
  for (int64_t ordinal = 0; ordinal < 3; ++ordinal) {
    if (!Present(states[ordinal])) continue;
    world.ordinals[ordinal].state = states[ordinal];
    world.ordinals[ordinal].revision = NameOf(world.revisions.front());
    world.claims.insert(ClaimName("data", "kubia", ordinal));
  }
  return world;
}

template <class Check>
void ForEveryWorld(Check check) {
  for (const std::string policy : {"OrderedReady", "Parallel"}) {
    for (int replicas = 0; replicas <= 3; ++replicas) {
      const World empty(Set("kubia", replicas, Json{{"podManagementPolicy", policy}}));
      for (const PodState a : kAllStates) {
        for (const PodState b : kAllStates) {
          for (const PodState c : kAllStates) {
            const World world = Populated(empty, {a, b, c});
            SCOPED_TRACE(fmt::format("{} replicas, {}, pods {}", replicas, policy, world.Picture(3)));
            check(world, replicas, policy == "OrderedReady");
            if (testing::Test::HasFailure()) return;
          }
        }
      }
    }
  }
}

PodState StateOf(const World& world, int64_t ordinal) {
  const auto found = world.ordinals.find(ordinal);
  return found == world.ordinals.end() ? PodState::kMissing : found->second.state;
}

TEST(StatefulSetPlan, CreatesOnlyMissingWantedOrdinalsAndDeletesOnlyFailedOrExcessPods) {
  ForEveryWorld([](const World& world, int replicas, bool) {
    std::set<int64_t> touched;
    for (const PodAction& action : MakePlan(world.Seen()).pods) {
      int64_t ordinal = -1;
      if (const auto* create = std::get_if<CreatePod>(&action)) {
        ordinal = create->ordinal;
        EXPECT_TRUE(create->pod.has_value());  // no claim is missing in these worlds but with its pod
        EXPECT_LT(ordinal, replicas);
        EXPECT_EQ(StateOf(world, ordinal), PodState::kMissing);
        EXPECT_EQ(create->claims.size(), 1u);
      } else {
        const auto& remove = std::get<DeletePod>(action);
        ordinal = ParsePodName(remove.name)->ordinal;
        EXPECT_EQ(remove.uid, remove.name + "-uid");
        EXPECT_NE(StateOf(world, ordinal), PodState::kTerminating);
        EXPECT_TRUE(ordinal >= replicas || StateOf(world, ordinal) == PodState::kFailed);
      }
      EXPECT_TRUE(touched.insert(ordinal).second) << "two actions on ordinal " << ordinal;
    }
  });
}

TEST(StatefulSetPlan, OrderedReadyTouchesOnePodAndOnlyWhenAllBeforeItAreReady) {
  ForEveryWorld([](const World& world, int replicas, bool ordered) {
    if (!ordered) return;
    World after = world;
    const std::vector<std::string> done = after.Carry(MakePlan(world.Seen()));
    ASSERT_LE(done.size(), 1u);
    if (done.empty()) return;
    const int64_t ordinal = std::stoll(done[0].substr(1));
    for (int64_t before = 0; before < std::min<int64_t>(ordinal, replicas); ++before) {
      EXPECT_EQ(StateOf(world, before), PodState::kReady) << "before " << ordinal;
    }
    if (ordinal < replicas) return;
    for (int64_t above = ordinal + 1; above < 3; ++above) EXPECT_EQ(StateOf(world, above), PodState::kMissing);
    // One that has ended is waited for by nobody.
    const auto settled = [](PodState state) { return state == PodState::kReady || state == PodState::kFailed; };
    bool lower_settled = true;
    for (int64_t below = replicas; below < ordinal; ++below) {
      lower_settled = lower_settled && (settled(StateOf(world, below)) || !Present(StateOf(world, below)));
    }
    EXPECT_TRUE(settled(StateOf(world, ordinal)) || lower_settled) << "an unhealthy lower pod blocks";
  });
}

TEST(StatefulSetPlan, ParallelActsOnEveryOrdinalAtOnce) {
  ForEveryWorld([](const World& world, int replicas, bool ordered) {
    if (ordered) return;
    World after = world;
    const size_t done = after.Carry(MakePlan(world.Seen())).size();
    size_t due = 0;
    for (int64_t ordinal = 0; ordinal < 3; ++ordinal) {
      const PodState state = StateOf(world, ordinal);
      due += ordinal < replicas ? state == PodState::kMissing || state == PodState::kFailed
                                : Present(state) && state != PodState::kTerminating;
    }
    EXPECT_EQ(done, due);
  });
}

TEST(StatefulSetPlan, EveryWorldSettlesWithExactlyTheWantedPodsReadyAndEveryClaimKept) {
  ForEveryWorld([](const World& start, int replicas, bool ordered) {
    World world = start;
    world.Settle();
    std::string wanted(replicas, 'R');
    wanted.resize(3, '.');
    EXPECT_EQ(world.Picture(3), wanted) << (ordered ? "ordered" : "parallel");
    for (const std::string& claim : start.claims) EXPECT_TRUE(world.claims.contains(claim)) << claim;
    for (int64_t ordinal = 0; ordinal < replicas; ++ordinal) {
      EXPECT_TRUE(world.claims.contains(ClaimName("data", "kubia", ordinal)));
    }
  });
}

struct LifeCase {
  std::string name;
  Json spec;
  std::string start;              // letters of ordinals from 0
  std::vector<std::string> done;  // what happens to pods until nothing does
};

PodState FromLetter(char letter) {
  for (const PodState state : kAllStates) {
    if (Letter(state) == letter) return state;
  }
  return PodState::kMissing;
}

TEST(StatefulSetPlan, LivesOfASet) {
  const std::vector<LifeCase> cases{
      {"starts in order", {{"replicas", 3}}, "", {"+0", "+1", "+2"}},
      {"starts at spec.ordinals.start", {{"replicas", 2}, {"ordinals", {{"start", 1}}}}, "", {"+1", "+2"}},
      {"a lost pod comes back under its name", {{"replicas", 3}}, "R.R", {"+1"}},
      {"a failed pod is made again before later ordinals", {{"replicas", 3}}, "F..", {"-0", "+0", "+1", "+2"}},
      {"scales down from the top", {{"replicas", 1}}, "RRR", {"-2", "-1"}},
      {"an excess pod that is itself unhealthy goes", {{"replicas", 1}}, "Rp", {"-1"}},
      {"excess pods that have ended go", {{"replicas", 1}}, "RFF", {"-2", "-1"}},
      {"a start above drops the ordinals below, the highest first",
       {{"replicas", 1}, {"ordinals", {{"start", 2}}}},
       "RRR",
       {"-1", "-0"}},
      {"parallel starts together", {{"replicas", 3}, {"podManagementPolicy", "Parallel"}}, "", {"+0", "+1", "+2"}},
      {"parallel scales down together",
       {{"replicas", 0}, {"podManagementPolicy", "Parallel"}},
       "RRR",
       {"-2", "-1", "-0"}},
  };
  for (const LifeCase& test : cases) {
    SCOPED_TRACE(test.name);
    World world(Set("kubia", 1, test.spec));
    for (size_t i = 0; i < test.start.size(); ++i) world.Put(static_cast<int64_t>(i), FromLetter(test.start[i]));
    EXPECT_EQ(world.Settle(), test.done);
  }
}

TEST(StatefulSetPlan, AnUnhealthyLowerPodBlocksTheScaleDown) {
  // Given three pods of which the wanted kubia-0 is not ready
  World world(Set("kubia", 1));
  world.Put(0, PodState::kRunning);
  world.Put(1, PodState::kReady);
  world.Put(2, PodState::kReady);
  // When the set is looked at, then nothing goes until kubia-0 is ready
  EXPECT_THAT(world.Carry(MakePlan(world.Seen())), IsEmpty());
  world.Put(0, PodState::kReady);
  EXPECT_THAT(world.Carry(MakePlan(world.Seen())), ElementsAre("-2"));
}

TEST(StatefulSetPlan, AnExcessPodThatIsReadyAndNotYetAvailableGoesAtOnce) {
  // Given two pods of which kubia-1 has been ready for 5 of the 20 s that it must stay so
  World world(Set("kubia", 1, Json{{"minReadySeconds", 20}}));
  world.Put(0, PodState::kReady);
  world.Put(1, PodState::kReady);
  world.ordinals[1].since = world.now - std::chrono::seconds(5);
  // Then it is itself the first that is not available, and goes
  EXPECT_THAT(world.Sync(), ElementsAre("-1"));
}

TEST(StatefulSetPlan, AnExcessPodWaitsForALowerOneThatIsNotYetAvailable) {
  for (const int64_t replicas : {1, 2}) {
    // Given three pods of which kubia-1, wanted or not, has been ready for 5 of 20 s
    World world(Set("kubia", replicas, Json{{"minReadySeconds", 20}}));
    for (int64_t ordinal = 0; ordinal < 3; ++ordinal) {
      world.Put(ordinal, PodState::kReady);
      world.ordinals[ordinal].since = world.now - std::chrono::seconds(ordinal == 0 ? 100 : 5);
    }
    EXPECT_THAT(world.Sync(), IsEmpty());
    // When it is available, then the highest one goes
    world.ordinals[1].since = world.now - std::chrono::seconds(20);
    EXPECT_THAT(world.Sync(), ElementsAre("-2"));
  }
}

TEST(StatefulSetPlan, ASetBeingDeletedOnlyGetsItsStatus) {
  World world(Set("kubia", 3));
  world.Put(0, PodState::kReady);
  world.set["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  world.set["spec"]["template"]["metadata"]["annotations"]["v"] = "2";
  const Plan plan = MakePlan(world.Seen());
  EXPECT_THAT(plan.pods, IsEmpty());
  EXPECT_FALSE(plan.revisions.create.has_value());
  EXPECT_EQ(plan.status["replicas"], 1);
}

TEST(StatefulSetPlan, AMissingClaimOfARunningPodIsCreatedAgain) {
  World world(Set("kubia", 1));
  world.Put(0, PodState::kReady);
  const Plan plan = MakePlan(world.Seen());
  ASSERT_EQ(plan.pods.size(), 1u);
  const auto& action = std::get<CreatePod>(plan.pods[0]);
  EXPECT_FALSE(action.pod.has_value());
  ASSERT_EQ(action.claims.size(), 1u);
  EXPECT_EQ(NameOf(action.claims[0]), "data-kubia-0");
}

TEST(StatefulSetPlan, LostIdentityLabelsAreRepaired) {
  World world(Set("kubia", 1));
  world.claims = {"data-kubia-0"};
  world.Put(0, PodState::kReady);
  Observed seen = world.Seen();
  Replace(seen.pods[0], [](api::Pod& pod) { pod.meta.labels.erase("statefulset.kubernetes.io/pod-name"); });
  const Plan plan = MakePlan(seen);
  ASSERT_EQ(plan.pods.size(), 1u);
  EXPECT_EQ(std::get<RepairPod>(plan.pods[0]).labels.at("statefulset.kubernetes.io/pod-name"), "kubia-0");
}

TEST(StatefulSetPlan, MinReadySecondsHoldsTheNextOrdinalAndSaysWhenToLookAgain) {
  // Given a pod that became ready at 00:00:00 and 10 s that it must stay so
  World world(Set("kubia", 2, Json{{"minReadySeconds", 10}}));
  world.claims = {"data-kubia-0"};
  world.Put(0, PodState::kReady);
  // When 4 s have passed, then the next ordinal waits 6 s more
  world.now = *ParseTime("2026-01-01T00:00:04Z");
  Plan plan = MakePlan(world.Seen());
  EXPECT_THAT(world.Carry(plan), IsEmpty());
  EXPECT_EQ(plan.look_again, Duration(std::chrono::seconds(6)));
  EXPECT_EQ(plan.status["readyReplicas"], 1);
  EXPECT_EQ(plan.status["availableReplicas"], 0);
  // When the clock is set by an hour, forward or back, then it is no less
  for (const std::chrono::hours by : {std::chrono::hours(1), std::chrono::hours(-1)}) {
    Observed seen = world.Seen();
    seen.now += by;
    for (auto& [uid, since] : seen.ready_since) since += by;
    EXPECT_EQ(MakePlan(seen).look_again, Duration(std::chrono::seconds(6))) << by.count();
  }
  // When 10 s have passed, then it is created
  world.now = *ParseTime("2026-01-01T00:00:10Z");
  plan = MakePlan(world.Seen());
  EXPECT_THAT(world.Carry(plan), ElementsAre("+1"));
  EXPECT_EQ(plan.look_again, std::nullopt);
}

TEST(StatefulSetPlan, APodOfAnotherOwnerUnderTheNameIsAnObstacle) {
  World world(Set("kubia", 2));
  Observed seen = world.Seen();
  seen.taken = {"kubia-0"};
  const Plan plan = MakePlan(seen);
  EXPECT_THAT(plan.pods, IsEmpty());
  ASSERT_TRUE(plan.in_the_way.has_value());
  EXPECT_EQ(plan.in_the_way->reason, "NameTaken");
  EXPECT_THAT(plan.in_the_way->message,
              testing::HasSubstr("a pod kubia-0 exists that the set does not control; delete it"));
}

}  // namespace
}  // namespace ordinal::controllers::statefulset

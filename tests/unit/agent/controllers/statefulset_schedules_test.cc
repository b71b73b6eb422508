// Random schedules of faults: pods that fail, are deleted or become ready late, changed templates, sizes and
// partitions, lost claims, old views and failed writes. Every plan keeps the rules, and when the faults end the set
// converges.
//
//   ORDINAL_SCHEDULES=100000 build/release/tests/unit_controllers --gtest_filter=StatefulSetSchedules.*
//   ORDINAL_SEED=<seed> ORDINAL_SCHEDULES=1 …    the one schedule that failed
#include <gmock/gmock.h>

#include <cstdlib>
#include <random>

#include "tests/unit/agent/controllers/statefulset_rules.h"
#include "tests/unit/agent/controllers/statefulset_world.h"

namespace ordinal::controllers::statefulset {
namespace {

constexpr int kSteps = 40;
constexpr const char* kBadVersion = "bad";

uint64_t FromEnvironment(const char* name, uint64_t fallback) {
  const char* value = std::getenv(name);
  return value == nullptr ? fallback : std::strtoull(value, nullptr, 10);
}

class Schedule {
 public:
  explicit Schedule(uint64_t seed) : random_(seed), world_(Set("kubia", Pick(kOrdinals + 1), Spec())) {
    view_ = world_.Seen();
    world_.Template(kBadVersion);
    world_.broken = {world_.Revision()};
    world_.Template("0");
  }

  void Run() {
    for (int step = 0; step < kSteps && !testing::Test::HasFailure(); ++step) Step();
    if (!testing::Test::HasFailure()) Converge();
  }

 private:
  int Pick(int below) { return static_cast<int>(random_() % static_cast<uint64_t>(below)); }
  bool Chance(int percent) { return Pick(100) < percent; }

  Json Spec() {
    Json rolling{{"partition", Pick(3)}};
    if (Chance(50)) rolling["maxUnavailable"] = 1 + Pick(3);
    if (Chance(20)) rolling["maxUnavailable"] = "50%";
    return Json{{"podManagementPolicy", Chance(60) ? "OrderedReady" : "Parallel"},
                {"minReadySeconds", Chance(30) ? 5 : 0},
                {"persistentVolumeClaimRetentionPolicy", Json{{"whenScaled", Chance(30) ? "Delete" : "Retain"},
                                                              {"whenDeleted", Chance(30) ? "Delete" : "Retain"}}},
                {"updateStrategy", Json{{"type", "RollingUpdate"}, {"rollingUpdate", std::move(rolling)}}}};
  }

  void Step() {
    const int dice = Pick(100);
    if (dice < 45) {
      Sync();
    } else if (dice < 75) {
      NodeActs(Pick(kOrdinals));
    } else if (dice < 85) {
      PodSuffers(Pick(kOrdinals));
    } else if (dice < 95) {
      SetChanges();
    } else {
      world_.now += std::chrono::seconds(1 + Pick(15));
    }
  }

  /// One pass of the controller, perhaps on an old view, of whose writes some fail. A failed revision ends it.
  void Sync() {
    if (Chance(70)) view_ = world_.Seen();
    view_.now = world_.now;
    view_.images = world_.images;
    const Plan plan = MakePlan(view_);
    ASSERT_THAT(Rules(view_).BrokenBy(plan), testing::IsEmpty()) << Picture();
    if (Chance(10)) return;
    world_.Carry(plan.revisions);
    for (const PodAction& action : plan.pods) {
      if (Chance(85)) world_.Carry(action);
    }
    for (const GrowClaim& action : plan.grow_claims) {
      if (Chance(85)) world_.sizes[action.name] = action.storage;
    }
    if (Chance(85)) world_.set["status"] = plan.status;
  }

  void NodeActs(int ordinal) {
    const PodOf& pod = world_.ordinals[ordinal];
    if (pod.state == PodState::kPending) {
      world_.Turn(ordinal, PodState::kRunning);
    } else if (pod.state == PodState::kRunning && !world_.broken.contains(pod.revision)) {
      world_.Turn(ordinal, PodState::kReady);
    } else if (pod.state == PodState::kTerminating) {
      world_.Turn(ordinal, PodState::kMissing);
    }
  }

  void PodSuffers(int ordinal) {
    const PodState state = world_.ordinals[ordinal].state;
    if (state == PodState::kMissing) return;
    switch (Pick(5)) {
      case 0: world_.Turn(ordinal, PodState::kMissing); break;  // removed by force
      case 1: world_.Turn(ordinal, PodState::kTerminating); break;
      case 2:
        if (state != PodState::kTerminating) world_.Turn(ordinal, PodState::kFailed);
        break;
      case 3:
        if (state == PodState::kReady) world_.Turn(ordinal, PodState::kRunning);
        break;
      default: world_.claims.erase(ClaimName("data", "kubia", ordinal));
    }
  }

  void SetChanges() {
    Json& spec = world_.set["spec"];
    switch (Pick(5)) {
      case 0: world_.Template(Chance(30) ? kBadVersion : std::to_string(Pick(3))); break;
      case 1: spec["replicas"] = Pick(kOrdinals + 1); break;
      case 2: spec["updateStrategy"]["rollingUpdate"]["partition"] = Pick(kOrdinals + 1); break;
      case 3:
        if (storage_ < 4) {
          spec["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"] = fmt::format("{}Mi", ++storage_);
        }
        break;
      default: world_.images->phase = static_cast<ImageState::Phase>(Pick(3)); world_.images->reason = "ErrImagePull";
    }
  }

  void Converge() {
    if (world_.broken.contains(world_.Revision())) world_.Template("0");
    world_.images = ImageState();
    // A pod below the partition belongs to the current revision, and stays away with a broken one.
    world_.broken.clear();
    std::optional<Duration> wait;
    for (int round = 0; round < 300; ++round) {
      const Observed seen = world_.Seen();
      const Plan plan = MakePlan(seen);
      ASSERT_THAT(Rules(seen).BrokenBy(plan), testing::IsEmpty()) << Picture();
      const bool acted = !world_.Carry(plan).empty();
      if (world_.NodeStep() || acted) continue;
      if (!plan.look_again) break;
      world_.now += *plan.look_again;
    }
    Check();
  }

  void Check() {
    const auto set = api::StatefulSet::From(Object(world_.set));
    const Plan plan = MakePlan(world_.Seen());
    EXPECT_TRUE(plan.pods.empty() && plan.grow_claims.empty()) << Picture();
    EXPECT_FALSE(plan.status.contains("conditions")) << plan.status["conditions"];
    std::string wanted(static_cast<size_t>(set.replicas), 'R');
    wanted.resize(kOrdinals, '.');
    EXPECT_EQ(world_.Picture(kOrdinals), wanted);
    for (int64_t ordinal = 0; ordinal < set.replicas; ++ordinal) {
      const bool updated = world_.ordinals[ordinal].revision == world_.Revision();
      EXPECT_TRUE(updated || !BeyondPartition(set, ordinal)) << ordinal;
      EXPECT_TRUE(world_.claims.contains(ClaimName("data", "kubia", ordinal))) << ordinal;
      EXPECT_EQ(world_.sizes[ClaimName("data", "kubia", ordinal)], fmt::format("{}Mi", storage_)) << ordinal;
    }
  }

  std::string Picture() const {
    return fmt::format("pods {}, seen {}, {}", world_.Picture(kOrdinals), view_.pods.size(), world_.set["spec"].dump());
  }

  std::mt19937_64 random_;
  World world_;
  Observed view_;
  int storage_ = 1;
};

TEST(StatefulSetSchedules, EveryScheduleOfFaultsKeepsTheRulesAndConverges) {
  const uint64_t first = FromEnvironment("ORDINAL_SEED", 1);
  const uint64_t count = FromEnvironment("ORDINAL_SCHEDULES", 150);
  for (uint64_t seed = first; seed < first + count; ++seed) {
    Schedule(seed).Run();
    ASSERT_FALSE(HasFailure()) << "seed " << seed << "; repeat with ORDINAL_SEED=" << seed
                               << " ORDINAL_SCHEDULES=1 unit_controllers --gtest_filter=StatefulSetSchedules.*";
  }
  std::cout << count << " schedules from seed " << first << '\n';
}

}  // namespace
}  // namespace ordinal::controllers::statefulset

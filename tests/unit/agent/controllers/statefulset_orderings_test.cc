// Every state that up to four ordinals of a StatefulSet can be in, whatever order of readiness, failure, deletion and
// update led there: each plan keeps the rules, and from each state the set converges.
#include <gmock/gmock.h>

#include "tests/unit/agent/controllers/statefulset_rules.h"
#include "tests/unit/agent/controllers/statefulset_world.h"

namespace ordinal::controllers::statefulset {
namespace {

/// What one ordinal can be in: no pod, or a pod of the old or of the new revision. A pending pod stands for a running
/// one that is not ready too: no rule tells them apart.
constexpr const char* kSlots[] = {".", "p0", "p1", "R0", "R1", "t1", "F1"};

struct Variant {
  std::string policy;
  int replicas, unavailable, partition;
};

class Explorer {
 public:
  explicit Explorer(const Variant& variant)
      : variant_(variant),
        world_(Set("kubia", variant.replicas,
                   Json{{"podManagementPolicy", variant.policy},
                        {"updateStrategy", Json{{"type", "RollingUpdate"},
                                                {"rollingUpdate", Json{{"partition", variant.partition},
                                                                       {"maxUnavailable", variant.unavailable}}}}}})) {
    revisions_[0] = world_.Revision();
    world_.set["status"]["currentRevision"] = revisions_[0];
    world_.Template("2");
    revisions_[1] = world_.Revision();
    world_.Carry(MakePlan(world_.Seen()).revisions);
    for (int ordinal = 0; ordinal < kOrdinals; ++ordinal) world_.claims.insert(ClaimName("data", "kubia", ordinal));
  }

  /// Follows the set from `state` until a state it has been in before, which converges, or nothing happens any more.
  void Follow(std::string state) {
    std::set<std::string> path;
    while (!converges_.contains(state)) {
      ASSERT_TRUE(path.insert(state).second) << "goes in a circle at " << state;
      Enter(state);
      const Observed seen = world_.Seen();
      const Plan plan = MakePlan(seen);
      ASSERT_THAT(Rules(seen).BrokenBy(plan), testing::IsEmpty()) << "at " << state;
      const bool acted = !world_.Carry(plan).empty();
      if (!world_.NodeStep() && !acted) {
        ASSERT_EQ(Leave(), Wanted()) << "settles otherwise, from " << *path.begin();
        break;
      }
      state = Leave();
    }
    converges_.insert(path.begin(), path.end());
  }

  size_t states() const { return converges_.size(); }

 private:
  void Enter(const std::string& state) {
    size_t at = 0;
    for (int ordinal = 0; ordinal < kOrdinals; ++ordinal) {
      PodOf& pod = world_.ordinals[ordinal];
      for (const PodState each : kAllStates) {
        if (Letter(each) == state[at]) pod.state = each;
      }
      const bool missing = state[at++] == '.';
      pod.revision = missing ? "" : revisions_[state[at++] - '0'];
    }
    world_.set["status"]["currentRevision"] = revisions_[0];
  }
  std::string Leave() const {
    std::string state;
    for (int ordinal = 0; ordinal < kOrdinals; ++ordinal) {
      const PodOf& pod = world_.ordinals.at(ordinal);
      state += Letter(pod.state);
      if (pod.state == PodState::kMissing) continue;
      const bool gone = pod.state == PodState::kTerminating || pod.state == PodState::kFailed;
      state += gone || pod.revision == revisions_[1] ? '1' : '0';
    }
    return state;
  }
  /// Every wanted ordinal ready, at its revision: one below the partition may also have been updated before.
  std::string Wanted() const {
    std::string state;
    const std::string now = Leave();
    size_t at = 0;
    for (int ordinal = 0; ordinal < kOrdinals; ++ordinal) {
      const bool wanted = ordinal < variant_.replicas;
      if (!wanted) {
        state += '.';
      } else {
        state += ordinal >= variant_.partition ? "R1" : "R" + now.substr(at + 1, 1);
      }
      at += now[at] == '.' ? 1 : 2;
    }
    return state;
  }

  Variant variant_;
  World world_;
  std::string revisions_[2];
  std::set<std::string> converges_;
};

void Explore(const Variant& variant) {
  SCOPED_TRACE(fmt::format("{}, {} replicas, maxUnavailable {}, partition {}", variant.policy, variant.replicas,
                           variant.unavailable, variant.partition));
  Explorer explorer(variant);
  for (const char* a : kSlots) {
    for (const char* b : kSlots) {
      for (const char* c : kSlots) {
        for (const char* d : kSlots) {
          explorer.Follow(std::string(a) + b + c + d);
          if (testing::Test::HasFatalFailure()) return;
        }
      }
    }
  }
  EXPECT_GE(explorer.states(), 7u * 7 * 7 * 7);
}

TEST(StatefulSetOrderings, OrderedReadyOneAtATime) {
  for (int replicas = 0; replicas <= kOrdinals; ++replicas) Explore({"OrderedReady", replicas, 1, 0});
}
TEST(StatefulSetOrderings, OrderedReadyTwoAtATime) { Explore({"OrderedReady", 4, 2, 0}); }
TEST(StatefulSetOrderings, OrderedReadyAbovePartition) { Explore({"OrderedReady", 4, 2, 2}); }
TEST(StatefulSetOrderings, ParallelOneAtATime) { Explore({"Parallel", 3, 1, 0}); }
TEST(StatefulSetOrderings, ParallelTwoAtATime) {
  for (const int replicas : {0, 4}) Explore({"Parallel", replicas, 2, 0});
}
TEST(StatefulSetOrderings, ParallelAbovePartition) { Explore({"Parallel", 4, 2, 2}); }

}  // namespace
}  // namespace ordinal::controllers::statefulset

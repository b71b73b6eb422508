// Random schedules of pods' fates: pods that succeed, fail, are deleted or vanish, passes that are cut off anywhere,
// changed parallelism, suspensions. Every plan keeps the rules, each pod is counted once, and every job ends.
//
//   ORDINAL_SCHEDULES=100000 build/release/tests/unit_controllers --gtest_filter=JobSchedules.*
//   ORDINAL_SEED=<seed> ORDINAL_SCHEDULES=1 …    the one schedule that failed
#include <gmock/gmock.h>

#include <cstdlib>
#include <random>
#include <set>

#include "tests/unit/agent/controllers/job_world.h"

namespace ordinal::controllers::job {
namespace {

constexpr int kJobSteps = 40;

uint64_t NumberFromEnvironment(const char* name, uint64_t fallback) {
  const char* value = std::getenv(name);
  return value == nullptr ? fallback : std::strtoull(value, nullptr, 10);
}

class JobSchedule {
 public:
  explicit JobSchedule(uint64_t seed) : random_(seed), world_(Spec()) {}

  void Run() {
    for (int step = 0; step < kJobSteps && Going(); ++step) Step();
    if (!testing::Test::HasFailure()) Converge();
  }
  /// "Complete", "Failed": for the test to see that it tried both.
  std::string End() const { return world_.job.contains("status") ? Finished() : ""; }

 private:
  int Pick(int below) { return static_cast<int>(random_() % static_cast<uint64_t>(below)); }
  bool Chance(int percent) { return Pick(100) < percent; }
  bool Going() const { return !testing::Test::HasFailure() && Finished().empty(); }
  std::string Finished() const {
    const api::Job job = api::Job::From(Object(world_.job));
    const Json* end = job.Finished();
    return end == nullptr ? "" : api::ReadString(*end, "type");
  }

  Json Spec() {
    Json spec{{"parallelism", 1 + Pick(4)}, {"completions", 1 + Pick(6)}, {"backoffLimit", Pick(8)}};
    if (Chance(30)) spec["podReplacementPolicy"] = "Failed";
    const bool indexed = Chance(50);
    if (indexed) spec["completionMode"] = "Indexed";
    if (indexed && Chance(50)) {
      spec["backoffLimitPerIndex"] = Pick(3);
      spec["backoffLimit"] = 2147483647;
      if (Chance(30)) spec["maxFailedIndexes"] = Pick(3);
    }
    if (indexed && Chance(30)) {
      spec["successPolicy"] = Json{{"rules", Json::array({Json{{"succeededCount", 1 + Pick(3)}}})}};
    }
    if (!indexed && Chance(20)) spec["completions"] = nullptr;
    if (Chance(25)) {
      spec["podReplacementPolicy"] = "Failed";
      spec["podFailurePolicy"] = Json::parse(
          R"({"rules": [{"action": "Ignore", "onExitCodes": {"operator": "In", "values": [3]}},
                        {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [4]}}]})");
    }
    if (Chance(10)) spec["activeDeadlineSeconds"] = 30 + Pick(300);
    return spec;
  }

  void Step() {
    const int dice = Pick(100);
    if (dice < 45) {
      Pass(Chance(25) ? Pick(6) : 1'000'000);
    } else if (dice < 80) {
      PodActs();
    } else if (dice < 88) {
      PodSuffers();
    } else if (dice < 93) {
      JobChanges();
    } else {
      world_.now += std::chrono::seconds(1 + Pick(60));
    }
  }

  /// One pass, cut off after some of its actions.
  void Pass(int steps) {
    if (Chance(10)) world_.backoff = Backoff();  // a new agent
    const Observed seen = world_.Seen();
    const Plan plan = MakePlan(seen);
    Check(seen, plan);
    world_.Carry(plan, steps);
    CheckWorld(plan);
    CheckStatus();
  }

  void Check(const Observed& seen, const Plan& plan) {
    const auto& spec = world_.job["spec"];
    int64_t busy = 0;
    std::set<int64_t> indexes;
    for (const api::Pod& pod : seen.pods) {
      const bool waits = seen.job.replaces_failed_only && Terminating(pod) && !Failed(seen.job, pod);
      busy += Active(pod) || waits ? 1 : 0;
      if (Active(pod) && IndexOf(seen.job, pod)) indexes.insert(*IndexOf(seen.job, pod));
    }
    if (!plan.create.empty()) {
      ASSERT_LE(busy + static_cast<int64_t>(plan.create.size()), spec["parallelism"].get<int64_t>()) << Picture();
      ASSERT_TRUE(plan.drop.empty() && plan.end.empty()) << Picture();
    }
    for (const NewPod& pod : plan.create) {
      ASSERT_EQ(pod.index.has_value(), seen.job.indexed);
      if (!pod.index) continue;
      ASSERT_TRUE(indexes.insert(*pod.index).second) << "two pods of index " << *pod.index << Picture();
      ASSERT_LT(*pod.index, *seen.job.completions);
    }
    // What is let go stands in the status that is written before.
    const auto uids = [&plan](const char* list) {
      const auto all = api::ReadStrings(api::Member(plan.status, "uncountedTerminatedPods"), list);
      return std::set<std::string>(all.begin(), all.end());
    };
    const std::set<std::string> succeeded = uids("succeeded"), failed = uids("failed");
    const auto done = api::IndexSet::ParseBelow(api::ReadString(plan.status, "completedIndexes"), 1000);
    for (const PodName& name : plan.release) {
      const api::Pod pod = api::Pod::From(Object(world_.pods.at(name.name)));
      if (pod.status.phase == "Succeeded" && !failed.contains(name.uid)) {
        const auto index = IndexOf(seen.job, pod);
        ASSERT_TRUE(seen.job.indexed ? !index || done.Has(*index) : succeeded.contains(name.uid)) << Picture();
      }
    }
  }

  void CheckWorld(const Plan& plan) {
    const auto parallelism = world_.job["spec"]["parallelism"].get<int64_t>();
    ASSERT_TRUE(plan.create.empty() || world_.Active() <= parallelism) << Picture();
  }

  /// Each uid is in one list at most, leaves it for good, and is then in the count.
  void CheckStatus() {
    const Json& status = world_.job["status"];
    for (const char* list : {"succeeded", "failed"}) {
      const auto now = api::ReadStrings(api::Member(status, "uncountedTerminatedPods"), list);
      std::set<std::string>& listed = listed_[list];
      for (const std::string& uid : now) {
        ASSERT_FALSE(counted_.contains(uid)) << uid << " is counted twice" << Picture();
        listed.insert(uid);
      }
      for (auto uid = listed.begin(); uid != listed.end();) {
        const bool left = std::find(now.begin(), now.end(), *uid) == now.end();
        if (left) {
          counted_.insert(*uid);
          ++counts_[list];
        }
        uid = left ? listed.erase(uid) : std::next(uid);
      }
      const bool by_uid =
          std::string(list) == "failed" || api::ReadString(world_.job["spec"], "completionMode") != "Indexed";
      if (!by_uid) continue;
      ASSERT_EQ(api::ReadInt(status, list), counts_[list]) << list << Picture();
    }
  }

  std::string SomePod() {
    if (world_.pods.empty()) return "";
    auto pod = world_.pods.begin();
    std::advance(pod, Pick(static_cast<int>(world_.pods.size())));
    return pod->first;
  }

  void PodActs() {
    const std::string name = SomePod();
    if (name.empty()) return;
    const std::string phase = world_.pods[name]["status"]["phase"];
    const bool going = world_.pods[name]["metadata"].contains("deletionTimestamp");
    if (going && !world_.pods[name].contains("ended")) {
      if (Chance(20) && phase == "Running") world_.End(name, 0);
      world_.EndDeletion(name);
    } else if (phase == "Pending") {
      world_.Run(name, Chance(80));
    } else if (phase == "Running") {
      world_.End(name, Chance(60) ? 0 : 1 + Pick(4));
    }
  }

  void PodSuffers() {
    const std::string name = SomePod();
    if (!name.empty()) world_.Delete(name);
  }

  void JobChanges() {
    Json& spec = world_.job["spec"];
    if (Chance(50)) {
      spec["parallelism"] = Pick(5);
    } else {
      spec["suspend"] = !spec["suspend"].get<bool>();
    }
  }

  /// All faults end: pods run and succeed.
  void Converge() {
    world_.job["spec"]["suspend"] = false;
    world_.job["spec"]["parallelism"] = 2;
    for (int round = 0; round < 400 && Going(); ++round) {
      const Plan plan = MakePlan(world_.Seen());
      Pass(1'000'000);
      if (testing::Test::HasFailure()) return;
      std::vector<std::string> names;
      for (const auto& [name, pod] : world_.pods) names.push_back(name);
      for (const std::string& name : names) {
        const std::string phase = world_.pods[name]["status"]["phase"];
        const bool going = world_.pods[name]["metadata"].contains("deletionTimestamp");
        if (going) {
          world_.EndDeletion(name);
        } else if (phase == "Pending" || phase == "Running") {
          world_.End(name, 0);
        }
      }
      world_.now += plan.look_again.value_or(std::chrono::seconds(1));
    }
    if (testing::Test::HasFailure()) return;
    ASSERT_FALSE(Finished().empty()) << "the job does not end" << Picture();
    const Json& status = world_.job["status"];
    EXPECT_TRUE(status["uncountedTerminatedPods"].empty()) << Picture();
    EXPECT_EQ(api::ReadInt(status, "active"), 0) << Picture();
    EXPECT_EQ(api::ReadInt(status, "terminating"), 0) << Picture();
    for (const auto& [name, pod] : world_.pods) {
      EXPECT_FALSE(pod["metadata"].contains("finalizers")) << name << " is held for ever" << Picture();
    }
  }

  std::string Picture() const {
    std::string picture = "\n" + world_.job.dump() + "\n";
    for (const auto& [name, pod] : world_.pods) {
      picture += fmt::format("{} {} {}\n", name, pod["metadata"].dump(), pod["status"].dump());
    }
    return picture;
  }

  std::mt19937_64 random_;
  JobWorld world_;
  std::map<std::string, std::set<std::string>> listed_;  // by list
  std::map<std::string, int64_t> counts_;                // by list
  std::set<std::string> counted_;
};

TEST(JobSchedules, KeepTheRulesAndEnd) {
  const uint64_t seed = NumberFromEnvironment("ORDINAL_SEED", 1);
  const uint64_t schedules = NumberFromEnvironment("ORDINAL_SCHEDULES", 2000);
  std::map<std::string, int> ends;
  for (uint64_t i = 0; i < schedules; ++i) {
    SCOPED_TRACE(fmt::format("seed {}", seed + i));
    JobSchedule schedule(seed + i);
    schedule.Run();
    if (HasFailure()) return;
    ++ends[schedule.End()];
  }
  if (schedules < 100) return;
  EXPECT_GT(ends["Complete"], 0);
  EXPECT_GT(ends["Failed"], 0);
}

}  // namespace
}  // namespace ordinal::controllers::job

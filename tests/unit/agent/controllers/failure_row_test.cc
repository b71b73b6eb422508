// Pods of sets that fail right away: the row of waits, what ends it, and how many failed pods are kept. The controllers
// of ReplicaSets and StatefulSets over a memory store, with the clock in hand.
#include "agent/controllers/failure_row.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/fakes/fake_clock.h"
#include "tests/unit/agent/controllers/cluster.h"
#include "tests/unit/agent/controllers/statefulset_world.h"

namespace ordinal::controllers {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const WallTime kFailureStart = *ParseTime("2026-01-01T00:00:00Z");

/// A failed pod that the node first reported at kFailureStart; `unready`: since when it is not ready.
api::Pod FailedPod(Duration unready, Duration ended) {
  Json body{{"apiVersion", "v1"}, {"kind", "Pod"}, {"spec", Json::object()}};
  body["metadata"] = Json{{"name", "p"}, {"uid", "p-uid"}, {"creationTimestamp", FormatTime(kFailureStart)}};
  body["status"]["phase"] = "Failed";
  body["status"]["startTime"] = FormatTime(kFailureStart);
  body["status"]["conditions"] = Json::array(
      {Json{{"type", "Ready"}, {"status", "False"}, {"lastTransitionTime", FormatTime(kFailureStart + unready)}}});
  body["status"]["containerStatuses"] = Json::array({Json{
      {"name", "c"},
      {"state", Json{{"terminated", Json{{"exitCode", 1}, {"finishedAt", FormatTime(kFailureStart + ended)}}}}}}});
  return api::Pod::From(Object(std::move(body)));
}

TEST(FailureRow, WaitsDoubleUpToFiveMinutes) {
  const std::vector<int> waits{0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300};
  for (size_t failures = 0; failures < waits.size(); ++failures) {
    EXPECT_EQ(WaitAfter(static_cast<int>(failures)), Duration(seconds(waits[failures]))) << failures;
  }
  EXPECT_EQ(WaitAfter(-1), Duration::zero());
  EXPECT_EQ(WaitAfter(1 << 30), Duration(minutes(5)));
}

TEST(FailureRow, APodLastedWhenItWasReadyOrTenMinutesOld) {
  EXPECT_FALSE(Lasted(FailedPod(seconds(0), seconds(0))));
  EXPECT_FALSE(Lasted(FailedPod(seconds(0), seconds(599)))) << "it was never ready";
  EXPECT_TRUE(Lasted(FailedPod(seconds(0), minutes(10))));
  EXPECT_TRUE(Lasted(FailedPod(seconds(1), seconds(1)))) << "it was ready for a second";
  EXPECT_EQ(EndOf(FailedPod(seconds(3), seconds(7))), kFailureStart + seconds(7));
}

TEST(FailureRow, EndsWithAPodThatLastedAndWithAPause) {
  FailureRow row;
  const auto fail_at = [&row](Duration at) {
    api::Pod pod = FailedPod(seconds(0), seconds(0));
    pod.meta.created = pod.status.start_time = kFailureStart + at;
    pod.status.conditions.clear();
    pod.status.container_statuses.clear();
    AddFailure(pod, kFailureStart + std::chrono::hours(1), row);
  };
  fail_at(seconds(0));
  fail_at(minutes(10));
  EXPECT_EQ(row.failures, 2);
  EXPECT_EQ(StillToWait(row, row.failures, kFailureStart + minutes(10)), Duration(seconds(2)));
  EXPECT_EQ(StillToWait(row, row.failures, kFailureStart + minutes(11)), Duration::zero());
  fail_at(minutes(20) + seconds(1));
  EXPECT_EQ(row.failures, 1) << "after a pause";
  AddFailure(FailedPod(minutes(21), minutes(21)), kFailureStart + std::chrono::hours(1), row);
  EXPECT_EQ(row.failures, 0) << "it lasted";
  AddFailure(FailedPod(seconds(0), std::chrono::hours(9)), kFailureStart + std::chrono::hours(1), row);
  EXPECT_EQ(row.ended, kFailureStart + std::chrono::hours(1)) << "no failure is in the future";
}

class FailingSets : public testing::Test {
 protected:
  FailingSets() {
    caches_.Start(io_.get_executor());
    Spawn(io_.get_executor(), "replicaset", replica_sets_.Run());
    Spawn(io_.get_executor(), "statefulset", stateful_sets_.Run());
    RunReady(io_);
  }

  void Create(Json body) {
    body["metadata"].erase("uid");
    body["metadata"].erase("generation");
    ASSERT_TRUE(RunTask(io_, outside_.Create(std::move(body))).ok());
    RunReady(io_);
  }
  void Modify(const std::string& kind, const std::string& name, const std::function<void(Json&)>& change) {
    std::function<bool(Json&)> edit = [&](Json& body) {
      change(body);
      return true;
    };
    const auto modified = RunTask(io_, outside_.Modify(api::ObjectKey{kind, "default", name}, edit));
    ASSERT_TRUE(modified.ok()) << modified.error().message;
    RunReady(io_);
  }
  /// Names of the pods that have ended, or have not.
  std::vector<std::string> PodsThat(bool ended) {
    std::vector<std::string> names;
    const auto listed = RunTask(io_, memory_.List("Pod", {}));
    for (const Object& pod : listed->items) {
      if (api::Ended(pod.body()) == ended) names.push_back(pod.name());
    }
    return names;
  }
  size_t Live() { return PodsThat(false).size(); }

  void Report(const std::string& pod, const std::string& phase, bool ready) {
    Modify("Pod", pod, [&](Json& body) {
      Json& status = body["status"];
      const std::string now = FormatTime(clock_.Now());
      if (!status.contains("startTime")) status["startTime"] = now;
      status["phase"] = phase;
      if (phase == "Failed") status["reason"] = "SysctlForbidden";
      status["conditions"] =
          Json::array({Json{{"type", "Ready"}, {"status", ready ? "True" : "False"}, {"lastTransitionTime", now}}});
    });
  }
  /// The node refuses what has not ended by now.
  void RefuseAll() {
    for (const std::string& pod : PodsThat(false)) Report(pod, "Failed", false);
  }
  /// Refuses the pods, and expects `count` others after exactly `wait`.
  void ExpectWait(seconds wait, size_t count) {
    RefuseAll();
    EXPECT_EQ(Live(), 0u) << wait.count();
    clock_.Advance(wait - milliseconds(1));
    EXPECT_EQ(Live(), 0u) << wait.count();
    clock_.Advance(milliseconds(1));
    EXPECT_EQ(Live(), count) << wait.count();
  }
  int64_t Said(const std::string& about) const {
    return std::count_if(events_.all.begin(), events_.all.end(),
                         [&](const std::string& event) { return event.starts_with(about + ":"); });
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{7};
  store::MemoryStore memory_;
  objects::Caches caches_{memory_, clock_};
  objects::ReadYourWrites written_{memory_, caches_};
  objects::LocalObjects client_{written_, clock_, random_}, outside_{memory_, clock_, random_};
  NotedEvents events_;
  Context context_{io_.get_executor(), clock_, client_, events_, random_, "node-a"};
  replicaset::Controller replica_sets_{context_, caches_};
  statefulset::Controller stateful_sets_{context_, caches_};
};

TEST_F(FailingSets, AReplicaSetWaitsLongerAfterEachFailureAndKeepsTenPods) {
  Create(Replicas("web", 1));
  ASSERT_EQ(Live(), 1u) << "no wait without a failure";
  for (const int wait : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300}) ExpectWait(seconds(wait), 1);
  EXPECT_EQ(PodsThat(true).size(), 10u);
  const std::string newest = PodsThat(false).at(0);
  ExpectWait(seconds(300), 1);
  EXPECT_THAT(PodsThat(true), testing::AllOf(testing::SizeIs(10), testing::Contains(newest)));
  EXPECT_EQ(Said("web BackOff"), 1);
  EXPECT_EQ(Said("web SuccessfulDelete"), 0);
}

TEST_F(FailingSets, ThePodsOfOneAttemptAreOneFailure) {
  Create(Replicas("web", 20));
  ASSERT_EQ(Live(), 20u);
  for (const int wait : {1, 2, 4, 8}) ExpectWait(seconds(wait), 20);
  EXPECT_EQ(PodsThat(true).size(), 10u);
}

TEST_F(FailingSets, APodOfAReplicaSetThatWasReadyIsReplacedAtOnceAndEndsTheRow) {
  Create(Replicas("web", 1));
  for (const int wait : {1, 2, 4}) ExpectWait(seconds(wait), 1);
  const std::string ready = PodsThat(false).at(0);
  Report(ready, "Running", true);
  clock_.Advance(seconds(5));
  Report(ready, "Failed", false);
  EXPECT_EQ(Live(), 1u);
  ExpectWait(seconds(1), 1);
  EXPECT_EQ(Said("web BackOff"), 2) << "once a row";
}

TEST_F(FailingSets, AReplicaSetOfTheSameNameBeginsAnew) {
  Create(Replicas("web", 1));
  for (const int wait : {1, 2, 4}) ExpectWait(seconds(wait), 1);
  RefuseAll();
  ASSERT_TRUE(RunTask(io_, outside_.Delete(api::ObjectKey{"ReplicaSet", "default", "web"}, {})).ok());
  Create(Replicas("web", 1));
  EXPECT_EQ(Live(), 1u);
}

TEST_F(FailingSets, AnOrdinalIsMadeAgainAtOnceTheFirstTimeAndWaitsWhenItsSuccessorFails) {
  Create(Set("kubia", 1));
  RefuseAll();
  EXPECT_EQ(Live(), 1u) << "at once";
  for (const int wait : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) ExpectWait(seconds(wait), 1);
  EXPECT_EQ(Said("kubia BackOff"), 1);
  // When it becomes ready, then the next failure is the first one again
  Report("kubia-0", "Running", true);
  clock_.Advance(seconds(5));
  Report("kubia-0", "Failed", false);
  EXPECT_EQ(Live(), 1u);
  ExpectWait(seconds(1), 1);
}

TEST_F(FailingSets, AnOrdinalThatWaitsIsMadeAgainAtOnceOfAnotherTemplate) {
  Create(Set("kubia", 1));
  RefuseAll();
  for (const int wait : {1, 2, 4}) ExpectWait(seconds(wait), 1);
  RefuseAll();
  ASSERT_EQ(Live(), 0u);
  Modify("StatefulSet", "kubia", [](Json& body) { body["spec"]["template"]["metadata"]["annotations"]["v"] = "2"; });
  EXPECT_EQ(Live(), 1u);
}

TEST(StatefulSetFailures, AFailedPodThatWaitsIsInTheWay) {
  statefulset::World world(Set("kubia", 2));
  world.Put(0, statefulset::PodState::kFailed);
  statefulset::Observed seen = world.Seen();
  seen.failures[0] = FailureRow{5, false, seen.now - seconds(3)};
  const statefulset::Plan plan = statefulset::MakePlan(seen);
  for (const statefulset::PodAction& action : plan.pods) {
    EXPECT_FALSE(std::holds_alternative<statefulset::DeletePod>(action));
  }
  EXPECT_EQ(plan.look_again, Duration(seconds(5)));
  ASSERT_TRUE(plan.in_the_way.has_value());
  EXPECT_EQ(plan.in_the_way->event, "BackOff");
  EXPECT_THAT(plan.in_the_way->message, testing::HasSubstr("2026-01-01T01:00:05Z"));
}

}  // namespace
}  // namespace ordinal::controllers

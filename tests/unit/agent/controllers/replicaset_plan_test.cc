// The ReplicaSet plan: how many pods come and go, which ones, and what the status says.
#include <gtest/gtest.h>

#include "agent/controllers/replicaset/plan.h"
#include "agent/controllers/replicaset/rank.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::replicaset {
namespace {

const WallTime kNow = *ParseTime("2026-01-02T00:00:00Z");

std::string Ago(std::chrono::seconds age) { return FormatTime(kNow - age); }

Json PodBody(const std::string& name) {
  Json body = Json::parse(R"({
    "apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default", "labels": {"app": "web"}},
    "spec": {"nodeName": "node-a", "containers": []},
    "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
               "containerStatuses": [{"name": "c", "restartCount": 0}]}})");
  body["metadata"]["name"] = name;
  body["metadata"]["uid"] = name + "-uid";
  body["metadata"]["creationTimestamp"] = Ago(std::chrono::hours(1));
  body["metadata"]["ownerReferences"] = Json::array({Json{
      {"apiVersion", "apps/v1"}, {"kind", "ReplicaSet"}, {"name", "web"}, {"uid", "rs-uid"}, {"controller", true}}});
  body["status"]["conditions"][0]["lastTransitionTime"] = Ago(std::chrono::hours(1));
  return body;
}

api::Pod Pod(const std::string& name, const std::map<std::string, Json>& changes = {}) {
  Json body = PodBody(name);
  for (const auto& [pointer, value] : changes) body[Json::json_pointer(pointer)] = value;
  return api::Pod::From(Object(std::move(body)));
}

Observed Seen(int64_t replicas, api::Refs<api::Pod> pods, const Json& set_changes = Json::object()) {
  Json body = Replicas("web", replicas);
  body["metadata"]["uid"] = "rs-uid";
  body["metadata"]["generation"] = 3;
  body.merge_patch(set_changes);
  return {api::ReplicaSet::From(Object(std::move(body))), std::move(pods), kNow};
}

api::Refs<api::Pod> Pods(int count) {
  api::Refs<api::Pod> pods;
  for (int i = 0; i < count; ++i) pods.push_back(Pod(fmt::format("web-{}", i)));
  return pods;
}

TEST(ReplicaSetPlan, MakesUpTheDifference) {
  struct Case {
    int64_t wanted;
    int there;
    int64_t create;
    size_t remove;
  };
  for (const Case& c : {Case{0, 0, 0, 0}, Case{3, 0, 3, 0}, Case{3, 1, 2, 0}, Case{3, 3, 0, 0}, Case{3, 5, 0, 2},
                        Case{0, 4, 0, 4}, Case{1200, 0, 210, 0}, Case{0, 600, 0, 500}}) {
    const Plan plan = MakePlan(Seen(c.wanted, Pods(c.there)));
    EXPECT_EQ(plan.create, c.create) << c.wanted << " wanted, " << c.there << " there";
    EXPECT_EQ(plan.remove.size(), c.remove) << c.wanted << " wanted, " << c.there << " there";
  }
}

TEST(ReplicaSetPlan, ASetThatIsBeingDeletedLeavesItsPodsAlone) {
  const Json deleting = {{"metadata", {{"deletionTimestamp", "2026-01-01T00:00:00Z"}}}};
  EXPECT_EQ(MakePlan(Seen(3, Pods(1), deleting)).create, 0);
  EXPECT_TRUE(MakePlan(Seen(0, Pods(1), deleting)).remove.empty());
}

TEST(ReplicaSetPlan, CreatesInBatchesThatDouble) {
  EXPECT_EQ(Batches(0), std::vector<int64_t>{});
  EXPECT_EQ(Batches(1), std::vector<int64_t>{1});
  EXPECT_EQ(Batches(10), (std::vector<int64_t>{1, 2, 4, 3}));
  EXPECT_EQ(Batches(500), (std::vector<int64_t>{1, 2, 4, 8, 16, 32, 64, 128, 245}));
}

TEST(ReplicaSetPlan, EndedAndLeavingPodsDoNotCount) {
  EXPECT_TRUE(Active(Pod("p")));
  EXPECT_TRUE(Active(Pod("p", {{"/status/phase", "Pending"}})));
  EXPECT_FALSE(Active(Pod("p", {{"/status/phase", "Failed"}})));
  EXPECT_FALSE(Active(Pod("p", {{"/status/phase", "Succeeded"}})));
  EXPECT_FALSE(Active(Pod("p", {{"/metadata/deletionTimestamp", "2026-01-01T00:00:00Z"}})));
}

/// Each line: what about pod a makes it go before pod b.
TEST(DeletionOrder, TheOnesThatWouldBeMissedLeast) {
  using Changes = std::map<std::string, Json>;
  const std::string ready = "/status/conditions/0/lastTransitionTime", created = "/metadata/creationTimestamp";
  const std::string cost = "/metadata/annotations/controller.kubernetes.io~1pod-deletion-cost";
  const Changes not_ready{{"/status/conditions/0/status", "False"}};
  struct Case {
    const char* why;
    Changes a, b;
  };
  const Changes unready_late{{"/status/conditions/0/status", "False"}, {created, Ago(std::chrono::minutes(1))}};
  for (const Case& c : {
           Case{"not placed", {{"/spec/nodeName", ""}}, {{"/status/phase", "Pending"}}},
           Case{"Pending before Unknown", {{"/status/phase", "Pending"}}, {{"/status/phase", "Unknown"}}},
           Case{"Unknown before Running", {{"/status/phase", "Unknown"}}, not_ready},
           Case{"not ready before ready", not_ready, {{cost, "-5"}}},
           Case{"a lower deletion cost", {{cost, "-1"}}, {}},
           Case{"no cost is 0", {}, {{cost, "3"}}},
           Case{"a cost that is no number is 0", {{cost, "x"}}, {{cost, "1"}}},
           Case{"ready for less time", {{ready, Ago(std::chrono::minutes(1))}}, {}},
           Case{"restarted more often", {{"/status/containerStatuses/0/restartCount", 2}}, {}},
           Case{"newer", {{created, Ago(std::chrono::minutes(1))}}, {}},
           Case{"newer, both not ready", unready_late, not_ready},
       }) {
    for (const bool swapped : {false, true}) {
      api::Refs<api::Pod> pods{Pod("z", c.a), Pod("b", c.b)};
      if (swapped) std::swap(pods[0], pods[1]);
      EXPECT_EQ(DeletionOrder(pods, kNow)[0]->meta.name, "z") << c.why;
    }
  }
}

TEST(DeletionOrder, MoreOfThePodsOnTheSameNode) {
  const api::Refs<api::Pod> pods{Pod("a", {{"/spec/nodeName", "node-b"}}), Pod("y"), Pod("z")};
  EXPECT_EQ(DeletionOrder(pods, kNow)[2]->meta.name, "a");
}

TEST(DeletionOrder, AgesOfOneSizeAreOneAge) {
  // Both between 2^41 and 2^42 nanoseconds: the uid decides, not the second that one is younger.
  const api::Refs<api::Pod> pods{
      Pod("b", {{"/status/conditions/0/lastTransitionTime", Ago(std::chrono::seconds(3599))}}), Pod("a")};
  EXPECT_EQ(DeletionOrder(pods, kNow)[0]->meta.name, "a");
}

TEST(ReplicaSetStatus, CountsAndLeavesOutWhatIsZero) {
  EXPECT_EQ(CountStatus(Seen(3, {}), std::nullopt), (Json{{"replicas", 0}, {"observedGeneration", 3}}));
  api::Refs<api::Pod> pods = Pods(2);
  pods.push_back(Pod("web-2", {{"/status/conditions/0/status", "False"}}));
  pods.push_back(Pod("web-3", {{"/metadata/labels", Json{{"other", "x"}}}}));
  EXPECT_EQ(CountStatus(Seen(3, std::move(pods)), std::nullopt), (Json{{"replicas", 4},
                                                                       {"fullyLabeledReplicas", 3},
                                                                       {"readyReplicas", 3},
                                                                       {"availableReplicas", 3},
                                                                       {"observedGeneration", 3}}));
}

TEST(ReplicaSetStatus, CountsPodsThatGoOfReplicaSetsAlone) {
  Observed seen = Seen(1, Pods(1));
  seen.terminating = 2;
  EXPECT_EQ(CountStatus(seen, std::nullopt)["terminatingReplicas"], 2);
  Observed older = Seen(1, Pods(1), {{"kind", "ReplicationController"}});
  older.terminating = 2;
  EXPECT_FALSE(CountStatus(older, std::nullopt).contains("terminatingReplicas"));
}

TEST(ReplicaSetStatus, APodIsAvailableWhenItWasReadyLongEnough) {
  const Json wait = {{"spec", {{"minReadySeconds", 60}}}};
  const auto just = Pod("web-0", {{"/status/conditions/0/lastTransitionTime", Ago(std::chrono::seconds(20))}});
  const Observed seen = Seen(1, {just, Pod("web-1")}, wait);
  EXPECT_EQ(CountStatus(seen, std::nullopt)["availableReplicas"], 1);
  EXPECT_EQ(MakePlan(seen).look_again, Duration(std::chrono::seconds(40)));
}

TEST(ReplicaSetStatus, AFailureIsAConditionUntilItIsOver) {
  Json status = CountStatus(Seen(3, Pods(1)), "no room");
  EXPECT_EQ(status["conditions"], Json::array({Json{{"type", "ReplicaFailure"},
                                                    {"status", "True"},
                                                    {"reason", "FailedCreate"},
                                                    {"message", "no room"},
                                                    {"lastTransitionTime", FormatTime(kNow)}}}));
  EXPECT_EQ(CountStatus(Seen(0, Pods(1)), "locked")["conditions"][0]["reason"], "FailedDelete");

  const Json failed = {{"status", status}};
  EXPECT_EQ(CountStatus(Seen(3, Pods(1), failed), "something else")["conditions"], status["conditions"])
      << "the first failure stays";
  EXPECT_FALSE(CountStatus(Seen(3, Pods(3), failed), std::nullopt).contains("conditions"));
}

}  // namespace
}  // namespace ordinal::controllers::replicaset

// spec.minReadySeconds while somebody sets the clock: it is counted by how long a pod has been ready, neither hung up
// by an hour that comes again nor cut short by one that is skipped.
#include <gmock/gmock.h>

#include "tests/fakes/fake_clock.h"
#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class MinReadySeconds : public testing::Test {
 protected:
  void Start() {
    caches_.Start(io_.get_executor());
    Spawn(io_.get_executor(), "replicaset", replica_sets_.Run());
    Spawn(io_.get_executor(), "daemonset", daemon_sets_.Run());
    Create(Json::parse(R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-a"}})"));
    Create(Replicas("web", 1, Json{{"minReadySeconds", 30}}));
    Json set = Replicas("agent", 1, Json{{"minReadySeconds", 30}});
    set["kind"] = "DaemonSet";
    set["spec"].erase("replicas");
    Create(set);
    RunReady(io_);
  }
  void Create(Json body) {
    const auto created = RunTask(io_, client_.Create(std::move(body)));
    ASSERT_TRUE(created.ok()) << created.error().message;
  }
  /// Changes every pod.
  void Pods(const std::function<void(Json&)>& change) {
    const store::ListResult pods = RunTask(io_, store_.List("Pod", {})).value();
    ASSERT_EQ(pods.items.size(), 2u);
    for (const Object& pod : pods.items) {
      Json body = pod.body();
      change(body);
      ASSERT_TRUE(RunTask(io_, store_.Update(Object(body))).ok());
    }
    RunReady(io_);
  }
  void BecomeReady() {
    Pods([this](Json& body) {
      body["status"] = {
          {"phase", "Running"},
          {"conditions",
           Json::array(
               {Json{{"type", "Ready"}, {"status", "True"}, {"lastTransitionTime", FormatTime(clock_.Now())}}})}};
    });
  }
  /// Somebody sets the clock; something happens to the pods that makes everybody look at them.
  void SetClock(Duration by) {
    clock_.Set(by);
    Pods([](Json& body) { body["metadata"]["annotations"]["looked"] = "again"; });
  }
  /// Of the replica set and of the daemon set.
  std::pair<int64_t, int64_t> Available() {
    const auto count = [this](const std::string& kind, const std::string& name, const std::string& field) {
      const Object set = RunTask(io_, store_.Get({kind, "default", name})).value();
      return api::ReadInt(api::Member(set.body(), "status"), field);
    };
    return {count("ReplicaSet", "web", "availableReplicas"), count("DaemonSet", "agent", "numberAvailable")};
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{7};
  store::MemoryStore store_;
  objects::Caches caches_{store_, clock_};
  objects::ReadYourWrites written_{store_, caches_};
  objects::LocalObjects client_{written_, clock_, random_};
  NotedEvents events_;
  Context context_{io_.get_executor(), clock_, client_, events_, random_, "node-a"};
  replicaset::Controller replica_sets_{context_, caches_};
  daemonset::Controller daemon_sets_{context_, caches_};
};

TEST_F(MinReadySeconds, AreCountedByTheTimeThatPasses) {
  using Pair = std::pair<int64_t, int64_t>;
  for (const Duration by : {Duration(-hours(1)), Duration(-seconds(5)), Duration(hours(1))}) {
    if (by == Duration(-hours(1))) Start();
    BecomeReady();
    clock_.Advance(seconds(10));
    SetClock(by);
    EXPECT_EQ(Available(), Pair(0, 0)) << by.count();
    clock_.Advance(seconds(19));
    EXPECT_EQ(Available(), Pair(0, 0)) << by.count();
    clock_.Advance(seconds(2));
    EXPECT_EQ(Available(), Pair(1, 1)) << "by itself: nothing else happens " << by.count();
    Pods([](Json& body) { body["status"]["conditions"][0]["status"] = "False"; });
    EXPECT_EQ(Available(), Pair(0, 0));
  }
}

TEST_F(MinReadySeconds, OfAnAdoptedPodBeganBeforeItsAdoption) {
  using Pair = std::pair<int64_t, int64_t>;
  Start();
  BecomeReady();
  clock_.Advance(seconds(40));
  ASSERT_EQ(Available(), Pair(1, 1));
  const auto owners = [this] {
    size_t count = 0;
    const store::ListResult pods = RunTask(io_, store_.List("Pod", {})).value();
    for (const Object& pod : pods.items) {
      count += api::ReadMeta(pod.body()).Controller() != nullptr ? 1 : 0;
    }
    return count;
  };
  // When its owner went without it, and another one of the same selector came
  Pods([](Json& body) { body["metadata"].erase("ownerReferences"); });
  ASSERT_EQ(owners(), 2u);
  EXPECT_EQ(Available(), Pair(1, 1));
}

}  // namespace
}  // namespace ordinal::controllers

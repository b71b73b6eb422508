// A set whose pods are refused a port of the host makes the next one when that port is free.
#include <gmock/gmock.h>

#include "agent/controllers/freed_ports.h"
#include "tests/fakes/fake_clock.h"
#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers {
namespace {

using std::chrono::seconds;

api::Pod PodWith(const char* changes) {
  Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "default"},
    "spec": {"nodeName": "node-a", "containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 80,
      "hostPort": 8080, "protocol": "TCP"}]}]}, "status": {"phase": "Running"}})");
  body.merge_patch(Json::parse(changes));
  return api::Pod::From(Object(std::move(body)));
}

struct FreedCase {
  const char *what, *before, *now;  ///< null: it is gone
  size_t freed;
};

TEST(FreedPorts, AreThoseOfAPodThatWasOnTheNode) {
  const FreedCase cases[] = {
      {"it is gone", "{}", nullptr, 1},
      {"it ended", "{}", R"({"status": {"phase": "Succeeded"}})", 1},
      {"it runs on", "{}", R"({"metadata": {"labels": {"a": "b"}}})", 0},
      {"it was over before", R"({"status": {"phase": "Failed"}})", nullptr, 0},
      {"it was on no node", R"({"spec": {"nodeName": null}, "status": {"phase": "Pending"}})", nullptr, 0},
      {"it was refused", R"({"status": {"phase": "Pending"}})",
       R"({"status": {"phase": "Failed", "reason": "NodePorts"}})", 0},
  };
  for (const FreedCase& each : cases) {
    objects::Change<api::Pod> change;
    change.old = std::make_shared<const api::Pod>(PodWith(each.before));
    if (each.now != nullptr) change.now = std::make_shared<const api::Pod>(PodWith(each.now));
    EXPECT_EQ(FreedPorts(change).size(), each.freed) << each.what;
  }
}

class RefusedSets : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    caches_.Start(io_.get_executor());
    Spawn(io_.get_executor(), "replica sets", replica_sets_.Run());
    Spawn(io_.get_executor(), "stateful sets", stateful_sets_.Run());
    Spawn(io_.get_executor(), "daemon sets", daemon_sets_.Run());
    Create(Json::parse(R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-a"}})"));
    Create(PodOnPort("holder", 8080));
    Create(PodOnPort("other", 9090));
  }
  void Create(Json body) {
    const auto created = RunTask(io_, client_.Create(std::move(body)));
    ASSERT_TRUE(created.ok()) << created.error().message;
  }
  static Json SpecOnPort(int port) {
    Json spec = Json::parse(R"({"nodeName": "node-a", "containers": [{"name": "c", "image": "i"}]})");
    spec["containers"][0]["ports"] = Json::array({Json{{"containerPort", 80}, {"hostPort", port}}});
    return spec;
  }
  static Json PodOnPort(const char* name, int port) {
    return {{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", {{"name", name}}}, {"spec", SpecOnPort(port)}};
  }
  static Json SetOnPort(const std::string& kind, int port) {
    Json set = Replicas("web", 1);
    set["kind"] = kind;
    set["spec"]["template"]["spec"] = SpecOnPort(port);
    if (kind == "DaemonSet") set["spec"].erase("replicas");
    if (kind == "StatefulSet") set["spec"]["serviceName"] = "web";
    return set;
  }
  /// The set's pod that waits for the node, or none.
  std::optional<Object> Attempt() {
    for (const Object& pod : RunTask(io_, store_.List("Pod", {}))->items) {
      const bool fresh = pod.name().starts_with("web-") && api::Member(pod.body()["status"], "phase") != "Failed" &&
                         !api::Deleting(pod.body());
      if (fresh) return pod;
    }
    return std::nullopt;
  }
  /// As the node does it.
  void Refuse(const Object& pod) {
    Json body = pod.body();
    body["status"]["phase"] = "Failed";
    body["status"]["reason"] = "NodePorts";
    body["status"]["startTime"] = FormatTime(clock_.Now());
    ASSERT_TRUE(RunTask(io_, store_.Update(Object(std::move(body)))).ok());
    RunReady(io_);
    TakeAway();
  }
  /// What the set deleted goes.
  void TakeAway() {
    for (const Object& pod : RunTask(io_, store_.List("Pod", {}))->items) {
      if (!api::Deleting(pod.body())) continue;
      ASSERT_TRUE(RunTask(io_, client_.Delete(pod.key(), {.grace_seconds = 0})).ok());
    }
    RunReady(io_);
  }
  void Remove(const char* name) {
    ASSERT_TRUE(RunTask(io_, client_.Delete({"Pod", "default", name}, {.grace_seconds = 0})).ok());
    RunReady(io_);
    TakeAway();
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
  statefulset::Controller stateful_sets_{context_, caches_};
  daemonset::Controller daemon_sets_{context_, caches_};
};

TEST_P(RefusedSets, MakeTheNextPodWhenThePortIsFree) {
  Create(SetOnPort(GetParam(), 8080));
  RunReady(io_);
  int refused = 0;
  for (int second = 0; second < 20; ++second) {
    while (const auto attempt = Attempt()) {
      ASSERT_LT(++refused, 10) << "it does not wait";
      Refuse(*attempt);
    }
    clock_.Advance(seconds(1));
    RunReady(io_);
    TakeAway();
  }
  ASSERT_GE(refused, 4);
  while (const auto attempt = Attempt()) Refuse(*attempt);
  ASSERT_FALSE(Attempt()) << "it waits now";
  Remove("other");
  EXPECT_FALSE(Attempt()) << "that port is of no use to it";
  Remove("holder");
  EXPECT_TRUE(Attempt());
}

INSTANTIATE_TEST_SUITE_P(Kinds, RefusedSets, testing::Values("ReplicaSet", "StatefulSet", "DaemonSet"));

}  // namespace
}  // namespace ordinal::controllers

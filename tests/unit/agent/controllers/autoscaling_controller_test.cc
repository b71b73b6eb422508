// The autoscaling controller: when it asks for figures, and what counts when something changes meanwhile.
#include "agent/controllers/autoscaling/controller.h"

#include <gmock/gmock.h>

#include <utility>

#include "tests/fakes/fake_clock.h"
#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers::autoscaling {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Autoscaling : public testing::Test {
 protected:
  Autoscaling() {
    caches_.Start(io_.get_executor());
    Spawn(io_.get_executor(), "autoscaling", controller_.Run());
  }
  void Put(const Json& body) {
    const auto put = RunTask(io_, store_.Create(Object(body)));
    ASSERT_TRUE(put.ok()) << put.error().message;
  }
  void Create(Json body) {
    const auto created = RunTask(io_, client_.Create(std::move(body)));
    ASSERT_TRUE(created.ok()) << created.error().message;
  }
  /// A Deployment of two busy pods, which should be four.
  void PutTarget(const std::string& name) {
    Json deployment = Replicas(name, 2);
    deployment["kind"] = "Deployment";
    Create(deployment);
    for (const char* end : {"-a", "-b"}) {
      Json pod = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default"},
        "spec": {"containers": [{"name": "main", "image": "i", "resources": {"requests": {"cpu": "1"}}}]},
        "status": {"phase": "Running", "startTime": "2025-12-31T20:00:00Z", "conditions": [
          {"type": "Ready", "status": "True", "lastTransitionTime": "2025-12-31T20:00:10Z"}]}})");
      pod["metadata"]["name"] = name + end;
      pod["metadata"]["uid"] = name + end;
      pod["metadata"]["labels"]["app"] = name;
      Put(pod);
      Json item = Json::parse(R"({"timestamp": "2025-12-31T23:59:55Z", "window": "10.000s",
        "containers": [{"name": "main", "usage": {"cpu": "1", "memory": "1Mi"}}]})");
      item["metadata"] = Json{{"namespace", "default"}, {"name", name + end}};
      items_.push_back(item);
    }
  }
  void PutScaler(const std::string& name) {
    Json body = Json::parse(R"({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
      "metadata": {"namespace": "default"}, "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment"},
        "minReplicas": 1, "maxReplicas": 10, "metrics": [{"type": "Resource",
          "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}]}})");
    body["metadata"]["name"] = name;
    body["spec"]["scaleTargetRef"]["name"] = name;
    Create(body);
  }
  int64_t SizeOf(const std::string& name) {
    const api::ObjectKey key{"Deployment", "default", name};
    return RunTask(io_, store_.Get(key))->body()["spec"]["replicas"];
  }
  Task<Result<Json>> Measure() {
    ++asked_;
    const auto act = std::exchange(meanwhile_, nullptr);
    if (act) co_await act();
    co_return items_;
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{7};
  store::MemoryStore store_;
  objects::Caches caches_{store_, clock_};
  objects::ReadYourWrites written_{store_, caches_};
  objects::LocalObjects client_{written_, clock_, random_};
  NotedEvents events_;
  Json items_ = Json::array();
  int asked_ = 0;
  std::function<Task<void>()> meanwhile_;
  Context context_{io_.get_executor(), clock_, client_, events_, random_, "node-a"};
  Controller controller_{context_, caches_, [this] { return Measure(); }};
};

TEST_F(Autoscaling, LooksAtOneMomentShareOneAnswer) {
  for (const char* name : {"one", "two", "three"}) PutTarget(name);
  RunReady(io_);
  for (const char* name : {"one", "two", "three"}) PutScaler(name);
  RunReady(io_);
  EXPECT_EQ(asked_, 1);
  for (const char* name : {"one", "two", "three"}) EXPECT_EQ(SizeOf(name), 4) << name;
  clock_.Advance(kUsualPeriod);
  EXPECT_EQ(asked_, 2);
}

TEST_F(Autoscaling, ATargetThatIsGoneCostsNoFigures) {
  PutScaler("web");
  RunReady(io_);
  EXPECT_THAT(events_.all, Contains(HasSubstr("FailedGetScale")));
  EXPECT_EQ(asked_, 0);
}

TEST_F(Autoscaling, AChangeWhileItMeasuresCounts) {
  PutTarget("web");
  RunReady(io_);
  meanwhile_ = [this]() -> Task<void> {
    api::ObjectKey key{"HorizontalPodAutoscaler", "default", "web"};
    std::function<bool(Json&)> change = [](Json& body) {
      body["spec"]["maxReplicas"] = 3;
      return true;
    };
    const auto changed = co_await client_.Modify(std::move(key), std::move(change));
    EXPECT_TRUE(changed.ok());
  };
  PutScaler("web");
  RunReady(io_);
  EXPECT_EQ(SizeOf("web"), 3);
  EXPECT_THAT(events_.all, Not(Contains(HasSubstr("New size: 4"))));
}

TEST_F(Autoscaling, OneThatGoesWhileItMeasuresScalesNothing) {
  PutTarget("web");
  RunReady(io_);
  meanwhile_ = [this]() -> Task<void> {
    api::ObjectKey key{"HorizontalPodAutoscaler", "default", "web"};
    objects::DeleteOptions options;
    const auto deleted = co_await client_.Delete(std::move(key), std::move(options));
    EXPECT_TRUE(deleted.ok());
  };
  PutScaler("web");
  RunReady(io_);
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(SizeOf("web"), 2);
  EXPECT_THAT(events_.all, IsEmpty());
}

TEST(Figures, AreOfThePodsThatAreAskedFor) {
  asio::io_context io;
  fakes::FakeClock clock(io);
  int asked = 0;
  Result<Json> all = Json::parse(R"([{"metadata": {"namespace": "a", "name": "x"}, "n": 1},
    {"metadata": {"namespace": "b", "name": "x"}, "n": 2}])");
  PodMetrics ask = [&]() -> Task<Result<Json>> {
    ++asked;
    co_return all;
  };
  Figures figures(clock, std::move(ask));
  api::Pod pod, unknown;
  pod.meta.ns = "b";
  pod.meta.name = unknown.meta.name = "x";
  const api::Refs<api::Pod> pods{pod, unknown};
  for (int i = 0; i < 2; ++i) {
    const Result<Json> found = RunTask(io, figures.Of(pods));
    ASSERT_TRUE(found.ok());
    ASSERT_EQ(found->size(), 1u);
    EXPECT_EQ((*found)[0]["n"], 2);
  }
  EXPECT_EQ(asked, 1);
  all = MakeError(ErrorCode::kUnavailable, "the runtime does not answer");
  clock.Advance(Figures::kFresh);
  EXPECT_FALSE(RunTask(io, figures.Of(pods)).ok());
  EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace ordinal::controllers::autoscaling

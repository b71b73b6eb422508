#include "agent/apiserver/streams/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/run_task.h"
#include "tests/unit/agent/apiserver/streams/requests.h"

namespace ordinal::apiserver::streams {
namespace {

using ::testing::ElementsAre;

class MetricsTest : public ::testing::Test {
 protected:
  http::Response Get(std::vector<std::string> path, Values query = {}) {
    http::Request request;
    request.method = "GET";
    request.segments = {"apis", "metrics.k8s.io", "v1beta1"};
    request.segments.insert(request.segments.end(), path.begin(), path.end());
    request.query = std::move(query);
    return RunTask(io_, metrics_.Get(std::make_shared<const http::Request>(std::move(request))));
  }

  std::vector<std::string> Names(std::vector<std::string> path, Values query = {}) {
    const Json list = Json::parse(TextOf(Get(std::move(path), std::move(query))));
    std::vector<std::string> names;
    for (const Json& item : list.at("items")) names.push_back(item.at("metadata").at("name"));
    return names;
  }

  static Task<Result<Json>> Pods() {
    co_return Json::parse(R"([{"metadata":{"name":"a","namespace":"default","labels":{"app":"x"}},"containers":[]},
                              {"metadata":{"name":"b","namespace":"default"},"containers":[]},
                              {"metadata":{"name":"a","namespace":"other"},"containers":[]}])");
  }
  Task<Result<Json>> Nodes() {
    if (failure_) co_return *failure_;
    co_return Json::parse(R"([{"metadata":{"name":"node-a"},"usage":{"cpu":"1","memory":"1Ki"}}])");
  }

  asio::io_context io_;
  std::optional<Error> failure_;
  Metrics metrics_{[] { return Pods(); }, [this] { return Nodes(); }};
};

TEST_F(MetricsTest, ListsAreOfANamespaceOrOfAll) {
  EXPECT_THAT(Names({"pods"}), ElementsAre("a", "b", "a"));
  EXPECT_THAT(Names({"namespaces", "default", "pods"}), ElementsAre("a", "b"));
  EXPECT_THAT(Names({"namespaces", "default", "pods"}, {{"labelSelector", "app=x"}}), ElementsAre("a"));
  EXPECT_THAT(Names({"nodes"}), ElementsAre("node-a"));
  const Json list = Json::parse(TextOf(Get({"pods"})));
  EXPECT_EQ(list["kind"], "PodMetricsList");
  EXPECT_EQ(list["apiVersion"], "metrics.k8s.io/v1beta1");
}

TEST_F(MetricsTest, OneIsADocumentOfItsOwn) {
  const Json pod = Json::parse(TextOf(Get({"namespaces", "other", "pods", "a"})));
  EXPECT_EQ(pod["kind"], "PodMetrics");
  EXPECT_EQ(pod["metadata"]["namespace"], "other");
  EXPECT_EQ(Json::parse(TextOf(Get({"nodes", "node-a"})))["kind"], "NodeMetrics");
}

TEST_F(MetricsTest, RefusalsAreOfTheReference) {
  EXPECT_EQ(StatusLine(Get({"namespaces", "default", "pods", "x"})),
            "404 NotFound: podmetrics.metrics.k8s.io \"default/x\" not found");
  EXPECT_EQ(StatusLine(Get({"nodes", "x"})), "404 NotFound: nodemetrics.metrics.k8s.io \"x\" not found");
  for (const auto& path : std::vector<std::vector<std::string>>{
           {}, {"things"}, {"pods", "a"}, {"namespaces", "default"}, {"namespaces", "default", "nodes"}}) {
    EXPECT_EQ(Get(path).status, 404) << path.size();
  }
  EXPECT_EQ(Get({"pods"}, {{"labelSelector", "a in ("}}).status, 400);
  failure_ = MakeError(ErrorCode::kUnavailable, "containerd does not answer");
  EXPECT_EQ(Get({"nodes"}).status, 503);
}

}  // namespace
}  // namespace ordinal::apiserver::streams

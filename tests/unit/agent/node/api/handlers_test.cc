#include "agent/node/api/handlers.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "agent/http/target.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::node {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class NodeHandlersTest : public ::testing::Test {
 protected:
  ApiSources Sources() {
    const auto text = [this](std::string said) {
      return [this, said]() -> Task<Result<std::string>> { return Say(said); };
    };
    ApiSources sources;
    sources.metrics = text("agent");
    sources.cadvisor = text("cadvisor");
    sources.probes = text("probes");
    sources.resource = text("resource");
    sources.metrics_type = "text/plain; version=0.0.4";
    sources.summary = [this](bool less) { return Say(less ? "less" : "all"); };
    sources.pods = text("pods");
    sources.health = [this] { return health_; };
    sources.settings = [] { return api::Json{{"kubeletconfig", {{"port", 10250}}}}; };
    sources.logs = [](std::shared_ptr<const http::Request> request) -> Task<http::Response> {
      co_return PlainText(200, fmt::format("log of {}", fmt::join(request->segments, " ")));
    };
    return sources;
  }

  Task<Result<std::string>> Say(std::string text) {
    if (takes_ > Duration::zero()) co_await Sleep(clock_, takes_);
    if (fails_) co_return MakeError(ErrorCode::kInternal, "there is no /proc");
    co_return text;
  }

  static std::shared_ptr<http::Request> Request(const std::string& target, const std::string& method = "GET") {
    auto request = std::make_shared<http::Request>();
    request->method = method;
    request->target = target;
    const auto parsed = http::ParseTarget(target);
    request->segments = parsed->segments;
    request->query = parsed->query;
    return request;
  }

  http::Response Ask(const std::string& target, const std::string& method = "GET") {
    return RunTask(io_, handlers_.Handle(Request(target, method)));
  }
  std::string Text(const std::string& target) { return std::get<std::string>(Ask(target).body); }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  Duration takes_{0};
  bool fails_ = false;
  api::Json health_ = {{"ping", true}, {"syncloop", true}};
  ApiHandlers handlers_{Sources(), clock_};
};

TEST_F(NodeHandlersTest, EachPathHasItsAnswer) {
  EXPECT_EQ(Text("/metrics"), "agent");
  EXPECT_EQ(Text("/metrics/"), "agent");
  EXPECT_EQ(Text("/metrics/cadvisor"), "cadvisor");
  EXPECT_EQ(Text("/metrics/probes"), "probes");
  EXPECT_EQ(Text("/metrics/resource"), "resource");
  EXPECT_EQ(Text("/stats/summary"), "all");
  EXPECT_EQ(Text("/stats/summary?only_cpu_and_memory=true"), "less");
  EXPECT_EQ(Text("/pods"), "pods");
  EXPECT_EQ(Text("/configz"), R"({"kubeletconfig":{"port":10250}})");
  EXPECT_EQ(Text("/containerLogs/ns/pod/main"), "log of containerLogs ns pod main\n");
  EXPECT_EQ(Ask("/metrics").content_type, "text/plain; version=0.0.4");
  EXPECT_EQ(Ask("/stats/summary").content_type, "application/json");
}

TEST_F(NodeHandlersTest, HealthIsOfParts) {
  EXPECT_EQ(Text("/healthz"), "ok");
  EXPECT_EQ(Text("/healthz?verbose"), "[+]ping ok\n[+]syncloop ok\nhealthz check passed\n");
  health_["syncloop"] = "waiting for manifests";
  EXPECT_EQ(Ask("/healthz").status, 500);
  EXPECT_EQ(Text("/healthz"), "[+]ping ok\n[-]syncloop failed: reason withheld\nhealthz check failed\n")
      << "anybody may ask";
  EXPECT_EQ(Ask("/healthz/syncloop").status, 500);
  EXPECT_EQ(Text("/healthz/syncloop"), "internal server error: waiting for manifests\n");
  EXPECT_EQ(Ask("/healthz/ping").status, 200);
  EXPECT_EQ(Ask("/healthz/nothing").status, 404);
  EXPECT_EQ(Ask("/healthz/log").status, 404) << "there is nothing that could fail";
}

TEST_F(NodeHandlersTest, WhatIsElsewhereSaysWhere) {
  EXPECT_EQ(Ask("/exec/ns/pod/main", "POST").status, 501);
  EXPECT_THAT(Text("/attach/ns/pod/main"), HasSubstr("pods/attach"));
  EXPECT_EQ(Ask("/containerLogs").status, 404);
  EXPECT_EQ(Ask("/containerLogs/ns/pod/main", "POST").status, 405);
  EXPECT_EQ(Ask("/nothing").status, 404);
  EXPECT_EQ(Ask("/").status, 404);
  EXPECT_EQ(Ask("/stats").status, 404);
  EXPECT_EQ(Ask("/metrics/nothing").status, 404);
  EXPECT_EQ(Ask("/metrics", "POST").status, 405);
}

TEST_F(NodeHandlersTest, AFailureIsAnAnswer) {
  fails_ = true;
  const http::Response failed = Ask("/metrics/resource");
  EXPECT_EQ(failed.status, 500);
  EXPECT_THAT(std::get<std::string>(failed.body), StartsWith("there is no /proc"));
}

TEST_F(NodeHandlersTest, NoMoreThanSoManyMeasureAtOnce) {
  takes_ = seconds(5);
  std::vector<int> answered;
  const auto ask = [](Task<http::Response> asked, std::vector<int>& out) -> Task<void> {
    const http::Response response = co_await std::move(asked);
    out.push_back(response.status);
  };
  for (int each = 0; each <= ApiHandlers::kMostAtOnce; ++each) {
    Spawn(io_.get_executor(), "ask", ask(handlers_.Handle(Request("/metrics")), answered));
  }
  RunReady(io_);
  EXPECT_THAT(answered, ::testing::ElementsAre(429));
  EXPECT_EQ(Ask("/healthz").status, 200) << "that measures nothing";
  EXPECT_EQ(handlers_.asked().at({"GET", "metrics"}).under_way, 4U);
  std::vector<int> others;
  for (const char* path : {"/pods", "/metrics/probes", "/stats/summary"}) {
    Spawn(io_.get_executor(), "ask", ask(handlers_.Handle(Request(path)), others));
  }
  clock_.Advance(seconds(5));
  EXPECT_EQ(answered.size(), 5U);
  EXPECT_THAT(others, ::testing::ElementsAre(200, 200, 200)) << "they wait for none of these";
  takes_ = Duration::zero();
  EXPECT_EQ(Ask("/metrics").status, 200);
}

TEST_F(NodeHandlersTest, RequestsAreCountedByWhatIsKnown) {
  Ask("/metrics/resource");
  Ask("/metrics/resource");
  Ask("/invented/1");
  Ask("/invented/2", "BREW");
  const auto& asked = handlers_.asked();
  EXPECT_EQ(asked.at({"GET", "metrics/resource"}).took.count(), 2U);
  EXPECT_EQ(asked.at({"GET", "metrics/resource"}).under_way, 0U);
  EXPECT_EQ(asked.at({"GET", "other"}).took.count(), 1U);
  EXPECT_EQ(asked.at({"other", "other"}).took.count(), 1U);
  EXPECT_EQ(asked.size(), 3U);
}

TEST_F(NodeHandlersTest, AnEscapedSlashDividesNothing) {
  for (const char* target : {"/metrics%2Fcadvisor", "/stats%2Fsummary", "/healthz%2Fping", "/containerLogs%2Fa/b/c",
                             "/containerLogs/a/b/c%2Fd"}) {
    EXPECT_EQ(Ask(target).status, 404) << target;
  }
}

TEST_F(NodeHandlersTest, TheKubernetesApiLeadsHere) {
  const auto behind = BehindProxy(*Request("/api/v1/nodes/node-a/proxy/stats/summary?only_cpu_and_memory=true"));
  EXPECT_EQ(std::get<std::string>(RunTask(io_, handlers_.Handle(behind)).body), "less");
  EXPECT_EQ(RunTask(io_, handlers_.Handle(BehindProxy(*Request("/api/v1/nodes")))).status, 404);
}

}  // namespace
}  // namespace ordinal::node

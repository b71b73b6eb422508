// Evictions and disruption budgets, as drains see them.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "agent/apiserver/rest/budget.h"
#include "tests/fakes/distant_objects.h"
#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::HasSubstr;

constexpr const char* kBudgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";

class EvictionTest : public RestFixture {
 protected:
  /// A running pod of app=a on a node; ready or not.
  void MakePod(const std::string& name, bool ready = true, const std::string& phase = "Running") {
    Json body = PodBody(name);
    body["spec"]["nodeName"] = "node-a";
    EXPECT_EQ(Post(kPods, body).status, 201);
    Json status{{"phase", phase}};
    status["conditions"] = Json::array({Json{{"type", "Ready"}, {"status", ready ? "True" : "False"}}});
    EXPECT_TRUE(RunTask(io_, client_.UpdateStatus({"Pod", "default", name}, "", status)).ok());
  }
  /// A budget whose controller has seen its spec; `status` is what it wrote.
  void MakeBudget(const std::string& name, const Json& status, const Json& spec = Json::object()) {
    Json body{{"apiVersion", "policy/v1"}, {"kind", "PodDisruptionBudget"}, {"metadata", Json{{"name", name}}}};
    body["spec"] = Json{{"minAvailable", 1}, {"selector", Json{{"matchLabels", Json{{"app", "a"}}}}}};
    body["spec"].merge_patch(spec);
    EXPECT_EQ(Post(kBudgets, body).status, 201);
    Json seen{{"observedGeneration", 1}, {"currentHealthy", 2}, {"desiredHealthy", 1}, {"expectedPods", 2}};
    seen.merge_patch(status);
    EXPECT_TRUE(RunTask(io_, client_.UpdateStatus({"PodDisruptionBudget", "default", name}, "", seen)).ok());
  }
  static Json Eviction(const std::string& pod, const Json& options = Json()) {
    Json body{{"apiVersion", "policy/v1"}, {"kind", "Eviction"}, {"metadata", Json{{"name", pod}}}};
    if (!options.is_null()) body["deleteOptions"] = options;
    return body;
  }
  http::Response Evict(const std::string& pod, const Json& options = Json()) {
    return Post(fmt::format("{}/{}/eviction", kPods, pod), Eviction(pod, options));
  }
  Json Pod(const std::string& name) { return Body(Send("GET", fmt::format("{}/{}", kPods, name))); }
  bool Going(const std::string& pod) { return Pod(pod)["metadata"].contains("deletionTimestamp"); }
  Json BudgetStatus(const std::string& name) {
    return Body(Send("GET", fmt::format("{}/{}", kBudgets, name)))["status"];
  }
  static std::string RetryAfter(const http::Response& response) {
    for (const auto& [name, value] : response.headers) {
      if (name == "Retry-After") return value;
    }
    return "";
  }
};

TEST_F(EvictionTest, WithoutABudgetThePodIsMarkedAndDeleted) {
  MakePod("a");
  const http::Response response = Evict("a", Json{{"gracePeriodSeconds", 7}});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(Body(response)["status"], "Success");
  const Json pod = Pod("a");
  EXPECT_EQ(pod["metadata"]["deletionGracePeriodSeconds"], 7);
  const Json& condition = pod["status"]["conditions"].back();
  EXPECT_EQ(condition["type"], "DisruptionTarget");
  EXPECT_EQ(condition["status"], "True");
  EXPECT_EQ(condition["reason"], "EvictionByEvictionAPI");
}

TEST_F(EvictionTest, TakesOneDisruptionAndNotesThePod) {
  MakePod("a");
  MakeBudget("b", Json{{"disruptionsAllowed", 1}});
  EXPECT_EQ(Evict("a").status, 201);
  EXPECT_TRUE(Going("a"));
  const Json status = BudgetStatus("b");
  EXPECT_EQ(status["disruptionsAllowed"], 0);
  EXPECT_EQ(status["disruptedPods"], (Json{{"a", "2026-01-01T00:00:00Z"}}));
  EXPECT_EQ(status["conditions"][0]["reason"], "InsufficientPods");
}

TEST_F(EvictionTest, IsRefusedWhenNoneIsLeft) {
  MakePod("a");
  MakeBudget("b", Json{{"disruptionsAllowed", 0}, {"currentHealthy", 1}, {"desiredHealthy", 1}});
  const http::Response response = Evict("a");
  EXPECT_EQ(response.status, 429);
  const Json status = Body(response);
  EXPECT_EQ(status["reason"], "TooManyRequests");
  EXPECT_EQ(status["message"], "Cannot evict pod as it would violate the pod's disruption budget.");
  EXPECT_EQ(status["details"]["causes"][0]["reason"], "DisruptionBudget");
  EXPECT_EQ(status["details"]["causes"][0]["message"],
            "The disruption budget b needs 1 healthy pods and has 1 currently");
  EXPECT_FALSE(Going("a"));
  EXPECT_EQ(RetryAfter(response), "") << "nobody knows when; kubectl asks again after five seconds";
}

TEST_F(EvictionTest, OfABudgetThatIsNotSeenYetAsksToComeAgain) {
  MakePod("a");
  MakeBudget("b", Json{{"disruptionsAllowed", 1}, {"observedGeneration", 0}});
  const http::Response response = Evict("a");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(RetryAfter(response), "10");
  EXPECT_EQ(Body(response)["details"]["retryAfterSeconds"], 10);
  EXPECT_THAT(Body(response)["details"]["causes"][0]["message"].get<std::string>(), HasSubstr("still being processed"));
  EXPECT_FALSE(Going("a"));
}

TEST_F(EvictionTest, OfABudgetThatFailedItsSyncSaysWhy) {
  MakePod("a");
  Json condition{{"type", "DisruptionAllowed"}, {"status", "False"}, {"reason", "SyncFailed"}, {"message", "no scale"}};
  MakeBudget("b", Json{{"disruptionsAllowed", 0}, {"conditions", Json::array({condition})}});
  EXPECT_THAT(Body(Evict("a"))["details"]["causes"][0]["message"].get<std::string>(),
              HasSubstr("because it failed sync: no scale"));
}

TEST_F(EvictionTest, TwoBudgetsOfOnePodAreAnError) {
  MakePod("a");
  MakeBudget("b", Json{{"disruptionsAllowed", 1}});
  MakeBudget("c", Json{{"disruptionsAllowed", 1}}, Json{{"selector", Json{{"matchLabels", nullptr}}}});
  const http::Response response = Evict("a");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(Body(response)["message"].get<std::string>(), HasSubstr("more than one PodDisruptionBudget"));
  EXPECT_FALSE(Going("a"));
}

TEST_F(EvictionTest, AnEmptySelectorIsAboutEveryPodAndNoneAboutNone) {
  MakePod("a");
  MakeBudget("none", Json{{"disruptionsAllowed", 0}}, Json{{"selector", nullptr}});
  EXPECT_EQ(Evict("a").status, 201);
  MakePod("c");
  MakeBudget("all", Json{{"disruptionsAllowed", 0}}, Json{{"selector", Json{{"matchLabels", nullptr}}}});
  EXPECT_EQ(Evict("c").status, 429);
}

TEST_F(EvictionTest, PodsThatNeverRanOrAreOverAskNoBudget) {
  MakeBudget("b", Json{{"disruptionsAllowed", 0}});
  for (const char* phase : {"Pending", "Failed", "Succeeded"}) {
    const std::string name = std::string("p-") + static_cast<char>(phase[0] + 'a' - 'A');
    MakePod(name, false, phase);
    EXPECT_EQ(Evict(name).status, 201) << phase;
  }
  EXPECT_TRUE(Going("p-p"));
  EXPECT_EQ(Send("GET", fmt::format("{}/p-f", kPods)).status, 404) << "what is over goes at once";
  MakePod("going");
  EXPECT_EQ(Send("DELETE", fmt::format("{}/going", kPods)).status, 200);
  EXPECT_EQ(Evict("going").status, 201);
}

TEST_F(EvictionTest, APodThatIsNotReadyGoesWhileTheBudgetIsKeptWithoutIt) {
  MakePod("a", false);
  MakeBudget("b", Json{{"disruptionsAllowed", 0}, {"currentHealthy", 1}, {"desiredHealthy", 1}});
  EXPECT_EQ(Evict("a").status, 201);
  EXPECT_FALSE(BudgetStatus("b").contains("disruptedPods")) << "it takes nothing of the budget";
}

TEST_F(EvictionTest, APodThatIsNotReadyStaysWhenTheBudgetIsBroken) {
  MakePod("a", false);
  MakeBudget("b", Json{{"disruptionsAllowed", 0}, {"currentHealthy", 0}, {"desiredHealthy", 1}});
  EXPECT_EQ(Evict("a").status, 429);
  EXPECT_EQ(Send("DELETE", fmt::format("{}/b", kBudgets)).status, 200);
  MakeBudget("always", Json{{"disruptionsAllowed", 0}, {"currentHealthy", 0}},
             Json{{"unhealthyPodEvictionPolicy", "AlwaysAllow"}});
  EXPECT_EQ(Evict("a").status, 201);
}

TEST_F(EvictionTest, ADryRunChecksAndTakesNothing) {
  MakePod("a");
  MakeBudget("b", Json{{"disruptionsAllowed", 1}});
  EXPECT_EQ(Evict("a", Json{{"dryRun", Json::array({"All"})}}).status, 201);
  EXPECT_FALSE(Going("a"));
  EXPECT_EQ(BudgetStatus("b")["disruptionsAllowed"], 1);
}

TEST_F(EvictionTest, PreconditionsHold) {
  MakePod("a");
  EXPECT_EQ(Evict("a", Json{{"preconditions", Json{{"uid", "another"}}}}).status, 409);
  EXPECT_EQ(Evict("a", Json{{"preconditions", Json{{"resourceVersion", "1"}}}}).status, 409);
  EXPECT_FALSE(Going("a"));
  const std::string revision = Pod("a")["metadata"]["resourceVersion"];
  EXPECT_EQ(Evict("a", Json{{"preconditions", Json{{"resourceVersion", revision}}}}).status, 201);
}

/// Each of many evictions at once takes turns with the others between any two of its reads and writes.
TEST_F(EvictionTest, ManyAtOnceNeverTakeOneTooMany) {
  fakes::DistantObjects distant(client_);
  Api api{Api::Parts{distant, clock_, random_, io_.get_executor()}, Routes()};
  constexpr int kPodsAtOnce = 12, kAllowed = 3;
  for (int i = 0; i < kPodsAtOnce; ++i) MakePod(fmt::format("p{}", i));
  MakeBudget("b", Json{{"disruptionsAllowed", kAllowed}});
  std::vector<int> codes;
  const auto evict = [&](int i) -> Task<void> {
    auto request = std::make_shared<http::Request>();
    request->method = "POST";
    AddTarget(fmt::format("{}/p{}/eviction", kPods, i), *request);
    request->headers.emplace("content-type", "application/json");
    request->body = Eviction(fmt::format("p{}", i)).dump();
    const http::Response response = co_await api.Handle(request);
    codes.push_back(response.status);
  };
  for (int i = 0; i < kPodsAtOnce; ++i) Spawn(io_.get_executor(), "evict", evict(i));
  ASSERT_TRUE(RunUntil(io_, [&] { return codes.size() == kPodsAtOnce; }));
  int going = 0;
  for (int i = 0; i < kPodsAtOnce; ++i) going += Going(fmt::format("p{}", i)) ? 1 : 0;
  EXPECT_EQ(std::count(codes.begin(), codes.end(), 201), going);
  EXPECT_LE(going, kAllowed);
  EXPECT_GT(going, 0);
  EXPECT_EQ(std::count(codes.begin(), codes.end(), 429), kPodsAtOnce - going);
  EXPECT_EQ(BudgetStatus("b")["disruptionsAllowed"], kAllowed - going);
}

/// Another pod of the name takes the place of the one that was looked at: its budget is asked before it goes.
TEST_F(EvictionTest, NeverDeletesAnotherPodThanItLookedAt) {
  fakes::DistantObjects distant(client_);
  Api api{Api::Parts{distant, clock_, random_, io_.get_executor()}, Routes()};
  MakePod("a", true, "Failed");
  MakeBudget("b", Json{{"disruptionsAllowed", 0}});
  Json another = Pod("a");
  another["metadata"] = Json{{"name", "a"}, {"namespace", "default"}, {"labels", another["metadata"]["labels"]}};
  another.erase("status");
  distant.before_remove = [this, another]() -> Task<void> {
    objects::DeleteOptions now;
    now.grace_seconds = 0;
    const api::ObjectKey key{"Pod", "default", "a"};
    const auto gone = co_await client_.Delete(key, now);
    EXPECT_TRUE(gone.ok());
    const auto made = co_await client_.Create(another);
    EXPECT_TRUE(made.ok());
    Json running{{"phase", "Running"}};
    running["conditions"] = Json::array({Json{{"type", "Ready"}, {"status", "True"}}});
    const auto runs = co_await client_.UpdateStatus(key, "", running);
    EXPECT_TRUE(runs.ok());
  };
  int code = 0;
  const auto evict = [&]() -> Task<void> {
    auto request = std::make_shared<http::Request>();
    request->method = "POST";
    AddTarget(fmt::format("{}/a/eviction", kPods), *request);
    request->headers.emplace("content-type", "application/json");
    request->body = Eviction("a").dump();
    const http::Response response = co_await api.Handle(request);
    code = response.status;
  };
  Spawn(io_.get_executor(), "evict", evict());
  ASSERT_TRUE(RunUntil(io_, [&] { return code != 0; }));
  EXPECT_EQ(code, 429);
  EXPECT_FALSE(Going("a"));
}

TEST_F(EvictionTest, ForAnotherPodThanIsMeantNoDisruptionIsTaken) {
  MakePod("a");
  MakeBudget("b", Json{{"disruptionsAllowed", 1}});
  EXPECT_EQ(Evict("a", Json{{"preconditions", Json{{"uid", "another"}}}}).status, 409);
  EXPECT_EQ(BudgetStatus("b")["disruptionsAllowed"], 1);
}

}  // namespace
}  // namespace ordinal::apiserver::rest

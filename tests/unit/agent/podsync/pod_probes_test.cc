// Probes in a pod's life: what they show, what they end, what survives the agent.
#include <gmock/gmock.h>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using fakes::Fails;
using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PodProbes : public ::testing::Test {
 protected:
  /// httpGet of "/<kind>".
  static Json Probe(const std::string& kind, Json more = Json::object()) {
    more["httpGet"] = {{"path", "/" + kind}, {"port", 80}};
    if (!more.contains("periodSeconds")) more["periodSeconds"] = 1;
    return more;
  }

  static Json With(Json spec, const std::string& member, Json value, const char* list = "containers") {
    spec[list][0][member] = std::move(value);
    return spec;
  }

  /// Which paths fail from now on.
  void Fail(std::set<std::string> paths) {
    host_.checks.answer = [paths = std::move(paths)](const probes::Where&, const api::Handler& what) {
      return paths.contains(what.path) ? Fails("no") : probes::Outcome();
    };
  }

  bool Ready() { return host_.StatusOf()["containerStatuses"][0]["ready"].get<bool>(); }
  bool Started() { return host_.StatusOf()["containerStatuses"][0]["started"].get<bool>(); }
  std::string ReadyCondition() {
    const Json status = host_.StatusOf();
    for (const Json& each : status["conditions"]) {
      if (each["type"] == "Ready") return each["status"];
    }
    return "";
  }
  std::vector<std::string> Killings() const {
    std::vector<std::string> said;
    for (const std::string& event : host_.events) {
      if (event.find(" Killing ") != std::string::npos) said.push_back(event);
    }
    return said;
  }
  /// Every status that was reported said so.
  bool AlwaysReady() const {
    return std::all_of(host_.reported.begin(), host_.reported.end(),
                       [](const Json& status) { return status["containerStatuses"][0]["ready"].get<bool>(); });
  }

  Host host_;
};

TEST_F(PodProbes, APodIsReadyWhenItsProbePassesAndNeverBefore) {
  Fail({"/readiness"});
  host_.StartAgent();
  host_.Apply(With(Spec({}, {"main"}), "readinessProbe", Probe("readiness")));
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Phase(), "Running");
  EXPECT_FALSE(Ready());
  EXPECT_TRUE(Started());
  EXPECT_EQ(ReadyCondition(), "False");
  for (const Json& status : host_.reported) EXPECT_FALSE(status["containerStatuses"][0]["ready"].get<bool>());
  Fail({});
  host_.Pass(seconds(2));
  EXPECT_TRUE(Ready());
  EXPECT_EQ(ReadyCondition(), "True");
  EXPECT_EQ(host_.Running(), "main#0");
}

TEST_F(PodProbes, AFailedLivenessProbeEndsTheContainerWithItsGraceAndStartsIt) {
  host_.runtime.Script("main", {.stopped_with = 0});
  host_.StartAgent();
  host_.Apply(With(Spec({}, {"main"}, "OnFailure"), "livenessProbe",
                   Probe("liveness", {{"terminationGracePeriodSeconds", 7}})));
  host_.Pass(seconds(3));
  Fail({"/liveness"});
  host_.Pass(seconds(4));
  // with exit code 0 and under OnFailure: it is started again all the same
  EXPECT_EQ(host_.Running(), "main#1");
  EXPECT_THAT(Killings(), ElementsAre("Normal Killing Container main failed liveness probe, will be restarted"));
  EXPECT_THAT(host_.runtime.calls(), Contains("StopContainer main 7s"));
  EXPECT_THAT(host_.events, Contains("Warning Unhealthy Liveness probe failed: no"));
  EXPECT_EQ(host_.StatusOf()["containerStatuses"][0]["restartCount"], 1);
}

TEST_F(PodProbes, UnderNeverTheContainerEndsForGood) {
  host_.StartAgent();
  Fail({"/startup"});
  host_.Apply(With(Spec({}, {"main"}, "Never"), "startupProbe", Probe("startup")));
  host_.Pass(seconds(6));
  EXPECT_EQ(host_.Running(), "");
  EXPECT_EQ(host_.Phase(), "Failed");
  EXPECT_THAT(Killings(), ElementsAre("Normal Killing Container main failed startup probe"));
}

TEST_F(PodProbes, AnUnstartedContainerIsNeitherStartedNorReady) {
  Fail({"/startup"});
  host_.StartAgent();
  host_.Apply(With(Spec({}, {"main"}), "startupProbe", Probe("startup", {{"failureThreshold", 10}})));
  host_.Pass(seconds(3));
  EXPECT_FALSE(Started());
  EXPECT_FALSE(Ready());
  EXPECT_EQ(host_.Phase(), "Running");
  Fail({});
  host_.Pass(seconds(2));
  EXPECT_TRUE(Started());
  EXPECT_TRUE(Ready());
}

TEST_F(PodProbes, TheNextContainersWaitForASidecarsStart) {
  Fail({"/startup"});
  host_.StartAgent();
  host_.Apply(
      With(Spec({"side*"}, {"main"}), "startupProbe", Probe("startup", {{"failureThreshold", 10}}), "initContainers"));
  host_.Pass(seconds(3));
  EXPECT_EQ(host_.Running(), "side#0");
  EXPECT_EQ(host_.Phase(), "Pending");
  Fail({});
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Running(), "main#0 side#0");
}

TEST_F(PodProbes, ASidecarThatIsNotReadyMakesThePodUnreadyAndOneThatFailsStartsAgain) {
  host_.StartAgent();
  Json spec = With(Spec({"side*"}, {"main"}), "readinessProbe", Probe("readiness"), "initContainers");
  host_.Apply(With(std::move(spec), "livenessProbe", Probe("liveness"), "initContainers"));
  host_.Pass(seconds(2));
  ASSERT_EQ(ReadyCondition(), "True");
  Fail({"/readiness"});
  host_.Pass(seconds(4));
  EXPECT_EQ(ReadyCondition(), "False");
  Fail({"/liveness"});
  host_.Pass(seconds(5));
  EXPECT_EQ(host_.Running(), "main#0 side#1");
}

TEST_F(PodProbes, AKillOfTheAgentFlipsNothing) {
  host_.StartAgent();
  Json spec = With(Spec({}, {"main"}), "readinessProbe", Probe("readiness"));
  spec = With(std::move(spec), "startupProbe", Probe("startup"));
  host_.Apply(With(std::move(spec), "livenessProbe", Probe("liveness")));
  host_.Pass(seconds(3));
  ASSERT_TRUE(Ready());
  host_.reported.clear();
  for (int round = 0; round < 5; ++round) {
    host_.KillAgent();
    host_.StartAgent();
    host_.Pass(milliseconds(700));
  }
  EXPECT_TRUE(AlwaysReady());
  EXPECT_EQ(host_.Running(), "main#0");
  Fail({"/readiness"});
  host_.Pass(seconds(4));
  ASSERT_FALSE(Ready());
  host_.reported.clear();
  host_.KillAgent();
  host_.StartAgent();
  host_.Settle();
  for (const Json& status : host_.reported) EXPECT_FALSE(status["containerStatuses"][0]["ready"].get<bool>());
}

TEST_F(PodProbes, AContainerThatWasKilledByItsProbeComesBackWithTheNextAgent) {
  host_.runtime.Script("main", {.stopped_with = 0, .stop_takes = seconds(3)});
  host_.StartAgent();
  host_.Apply(With(Spec({}, {"main"}, "OnFailure"), "livenessProbe", Probe("liveness")));
  host_.Pass(seconds(2));
  Fail({"/liveness"});
  host_.Pass(seconds(4));
  ASSERT_THAT(host_.runtime.calls(), Contains("StopContainer main 30s"));
  ASSERT_EQ(host_.Running(), "main#0");
  host_.KillAgent();
  host_.Pass(seconds(3));
  ASSERT_EQ(host_.Running(), "");
  Fail({});
  host_.StartAgent();
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Running(), "main#1");
  EXPECT_EQ(host_.Phase(), "Running");
}

TEST_F(PodProbes, ReadinessIsShownWhileAnotherContainerIsBeingEnded) {
  host_.runtime.Script("main", {.stop_takes = seconds(20)});
  host_.StartAgent();
  Json spec = With(Spec({}, {"main", "other"}), "livenessProbe", Probe("liveness"));
  spec["containers"][1]["readinessProbe"] = Probe("readiness");
  host_.Apply(std::move(spec));
  host_.Pass(seconds(2));
  Fail({"/liveness"});
  host_.Pass(seconds(4));
  ASSERT_THAT(Killings(), Not(IsEmpty()));
  ASSERT_TRUE(host_.StatusOf()["containerStatuses"][1]["ready"].get<bool>());
  Fail({"/liveness", "/readiness"});
  host_.Pass(seconds(4));
  ASSERT_EQ(host_.Running(), "main#0 other#0");
  EXPECT_FALSE(host_.StatusOf()["containerStatuses"][1]["ready"].get<bool>());
}

TEST_F(PodProbes, APodWaitsForItsReadinessGatesToo) {
  host_.StartAgent();
  Json spec = With(Spec({}, {"main"}), "readinessProbe", Probe("readiness"));
  spec["readinessGates"] = {{{"conditionType", "example.com/in-service"}}};
  host_.Apply(std::move(spec));
  host_.Pass(seconds(2));
  const auto ready = [this] {
    const Json status = host_.StatusOf();
    for (const Json& each : status["conditions"]) {
      if (each["type"] == "Ready")
        return fmt::format("{} {}", each["status"].get<std::string>(), each.value("message", ""));
    }
    return std::string();
  };
  EXPECT_TRUE(Ready());
  EXPECT_EQ(ready(), "False corresponding condition of pod readiness gate \"example.com/in-service\" does not exist.");
  for (const char* value : {"False", "True", "Unknown"}) {
    Json status = host_.StatusOf();
    Json& conditions = status["conditions"];
    if (conditions.back()["type"] == "example.com/in-service") conditions.erase(conditions.size() - 1);
    status["conditions"].push_back({{"type", "example.com/in-service"}, {"status", value}});
    ASSERT_TRUE(RunTask(host_.io, host_.client.UpdateStatus({"Pod", "default", "kubia-0"}, "", status)).ok());
    host_.Settle();
    EXPECT_EQ(ready(), std::string(value) == "True"
                           ? "True "
                           : fmt::format("False the status of pod readiness gate \"example.com/in-service\" is not "
                                         "\"True\", but {}",
                                         value));
  }
}

TEST_F(PodProbes, NobodyAsksAPodThatIsGone) {
  host_.StartAgent();
  host_.Apply(With(Spec({}, {"main"}), "readinessProbe", Probe("readiness")));
  host_.Pass(seconds(2));
  host_.Delete();
  host_.Pass(seconds(2));
  ASSERT_TRUE(host_.Object().empty());
  const size_t asked = host_.checks.asked.size();
  host_.Pass(seconds(10));
  EXPECT_EQ(host_.checks.asked.size(), asked);
}

}  // namespace
}  // namespace ordinal::podsync

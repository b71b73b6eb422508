// Restart rules by exit code, and the restart of all containers of a pod in its sandbox.
#include "agent/podsync/rounds.h"

#include <gmock/gmock.h>

#include <set>

#include "agent/podsync/plan.h"
#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Json Rule(const std::string& action, const std::string& how, const std::vector<int>& codes) {
  return {{"action", action}, {"exitCodes", {{"operator", how}, {"values", codes}}}};
}

// ---- what becomes of one container

struct Exit {
  std::string name, pods_policy, policy;
  Json rules;
  bool init;
  int32_t exit_code;
  bool restarts;
};
void PrintTo(const Exit& exit, std::ostream* out) { *out << exit.name; }

class Exits : public ::testing::TestWithParam<Exit> {};

TEST_P(Exits, AreJudged) {
  const Exit& exit = GetParam();
  Json spec = Spec(exit.init ? std::vector<std::string>{"a"} : std::vector<std::string>{},
                   exit.init ? std::vector<std::string>{"main"} : std::vector<std::string>{"a"}, exit.pods_policy);
  Json& document = spec[exit.init ? "initContainers" : "containers"][0];
  if (!exit.policy.empty()) document["restartPolicy"] = exit.policy;
  if (!exit.rules.is_null()) document["restartPolicyRules"] = exit.rules;
  const api::Pod pod = PodWith(spec);
  const api::Container& container = (exit.init ? pod.spec.init_containers : pod.spec.containers)[0];
  EXPECT_EQ(RestartsAfterExit(pod.spec, container, exit.init, exit.exit_code), exit.restarts);
}

const Json kOn42 = Json::array({Rule("Restart", "In", {42, 43})});
const Json kNotOn0And1 = Json::array({Rule("Restart", "NotIn", {0, 1})});
const Json kAllOn42 = Json::array({Rule("RestartAllContainers", "In", {42})});

INSTANTIATE_TEST_SUITE_P(
    All, Exits,
    ::testing::Values(Exit{"ItsOwnPolicyGoesBeforeThePods", "Never", "Always", {}, false, 0, true},
                      Exit{"AlsoTheOtherWay", "Always", "Never", {}, false, 1, false},
                      Exit{"OnFailureOfItsOwnFailed", "Never", "OnFailure", {}, false, 1, true},
                      Exit{"OnFailureOfItsOwnDone", "Always", "OnFailure", {}, false, 0, false},
                      Exit{"ARuleGoesBeforeThePolicy", "Never", "Never", kOn42, false, 42, true},
                      Exit{"OfEachOfItsCodes", "Never", "Never", kOn42, false, 43, true},
                      Exit{"NoRuleFits", "Never", "Never", kOn42, false, 1, false},
                      Exit{"NoRuleFitsAndThePolicyRestarts", "Never", "Always", kOn42, false, 1, true},
                      Exit{"WhatIsNotListed", "Always", "Never", kNotOn0And1, false, 2, true},
                      Exit{"WhatIsListedThere", "Always", "Never", kNotOn0And1, false, 1, false},
                      Exit{"AllRestart", "Never", "Never", kAllOn42, false, 42, true},
                      Exit{"AnInitContainerOfItsOwnPolicy", "Never", "OnFailure", {}, true, 1, true},
                      Exit{"AnInitContainerThatMayRunOnce", "Always", "Never", {}, true, 1, false},
                      Exit{"AnInitContainerUnderARule", "Never", "Never", kOn42, true, 42, true},
                      Exit{"AnInitContainerThatDidItsWork", "Always", "OnFailure", kNotOn0And1, true, 0, false}),
    [](const auto& info) { return info.param.name; });

// ---- the restart of all

class AllContainers : public ::testing::Test {
 protected:
  static Json WithRule(Json spec, const std::string& policy = "Never") {
    spec["containers"][0]["restartPolicy"] = policy;
    spec["containers"][0]["restartPolicyRules"] = kAllOn42;
    return spec;
  }
  std::string IdOf(const std::string& container) const { return host_.runtime.Find("kubia-0", container)->id; }
  void Exit(const std::string& container, int32_t code) { host_.runtime.ExitContainer(IdOf(container), code); }
  std::string Restarting() {
    const Json status = host_.StatusOf();
    for (const Json& condition : status["conditions"]) {
      if (condition["type"] == "AllContainersRestarting") return condition["status"];
    }
    return "";
  }
  Json Init(int index) { return host_.StatusOf()["initContainerStatuses"][index]; }
  Json Main(int index) { return host_.StatusOf()["containerStatuses"][index]; }

  Host host_;
};

TEST_F(AllContainers, EndInOrderAndStartFromTheBeginningInTheSameSandbox) {
  host_.runtime.Script("init", {.exits_with = 0});
  host_.runtime.Script("helper", {.exits_with = 0});  // ended long ago, and may run once only
  host_.StartAgent();
  host_.Apply(WithRule(Spec({"init", "first*", "second*"}, {"main", "helper", "other"}, "Never")));
  host_.Pass(seconds(2));
  ASSERT_EQ(host_.Running(), "first#0 main#0 other#0 second#0");
  EXPECT_EQ(Restarting(), "False");
  const std::string address = host_.StatusOf()["podIP"];
  host_.runtime.ClearCalls();
  host_.reported.clear();
  Exit("main", 42);
  host_.Pass(seconds(2));
  // Without grace, and so without hooks.
  EXPECT_THAT(host_.Stops(),
              ElementsAre("StopContainer other 0s", "StopContainer second 0s", "StopContainer first 0s"));
  EXPECT_EQ(host_.Running(), "first#1 main#1 other#1 second#1");
  EXPECT_EQ(host_.Count("CreateContainer init"), 1U);
  EXPECT_EQ(host_.Count("CreateContainer helper"), 1U);
  EXPECT_EQ(host_.Count("RunSandbox"), 0U);
  EXPECT_EQ(host_.StatusOf()["podIP"], address);
  EXPECT_EQ(host_.Phase(), "Running");
  EXPECT_EQ(Init(0)["restartCount"], 1);
  EXPECT_EQ(Main(1)["restartCount"], 1);
  EXPECT_EQ(Main(0)["lastState"]["terminated"]["exitCode"], 42);
  // It was told while it went on, as the last condition; the pod was initialized all the time, and never over.
  std::set<std::string> said, initialized, phases;
  for (const Json& status : host_.reported) {
    said.insert(status["conditions"].back()["status"]);
    EXPECT_EQ(status["conditions"].back()["type"], "AllContainersRestarting");
    initialized.insert(status["conditions"][1]["status"]);
    phases.insert(status["phase"]);
  }
  EXPECT_THAT(said, ElementsAre("False", "True"));
  EXPECT_THAT(initialized, ElementsAre("True"));
  EXPECT_THAT(phases, ElementsAre("Running"));
  EXPECT_EQ(Restarting(), "False");
  EXPECT_THAT(host_.events, Contains(HasSubstr("main exited with 42, all containers are restarted")));
}

TEST_F(AllContainers, AnInitContainersRuleCountsAndTheBackoffIsItsOwn) {
  Json spec = Spec({"init"}, {"main"}, "Never");
  spec["initContainers"][0]["restartPolicy"] = "Never";
  spec["initContainers"][0]["restartPolicyRules"] = kAllOn42;
  host_.StartAgent();
  host_.Apply(spec);
  host_.Settle();
  Exit("init", 42);
  host_.Settle();
  EXPECT_EQ(host_.Running(), "init#1") << "the first time at once";
  Exit("init", 42);
  host_.Settle();
  EXPECT_EQ(host_.Running(), "");
  EXPECT_EQ(Init(0)["state"]["waiting"]["reason"], "CrashLoopBackOff");
  host_.Pass(milliseconds(1200));
  EXPECT_EQ(host_.Running(), "init#2");
  Exit("init", 1);  // no rule
  host_.Settle();
  EXPECT_EQ(host_.Phase(), "Failed");
}

TEST_F(AllContainers, AnInitContainerMayAskForAnotherRoundRightAway) {
  Json spec = WithRule(Spec({"init"}, {"main"}, "Never"));
  spec["initContainers"][0]["restartPolicy"] = "Never";
  spec["initContainers"][0]["restartPolicyRules"] = kAllOn42;
  host_.StartAgent();
  host_.Apply(spec);
  host_.Settle();
  Exit("init", 0);
  host_.Settle();
  Exit("main", 42);
  host_.Settle();
  ASSERT_EQ(host_.Running(), "init#1");
  Exit("init", 42);
  host_.Pass(seconds(3));
  EXPECT_EQ(host_.Running(), "init#2");
  Exit("init", 0);
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#1");
}

TEST_F(AllContainers, WaitForTheBackoffOfTheOneThatEnded) {
  host_.StartAgent();
  host_.Apply(WithRule(Spec({}, {"main", "other"})));
  host_.Settle();
  Exit("main", 42);
  host_.Settle();
  ASSERT_EQ(host_.Running(), "main#1 other#1");
  Exit("main", 42);
  host_.Settle();
  EXPECT_EQ(host_.Running(), "") << "the other one ends at once, and waits as well";
  EXPECT_EQ(Restarting(), "True");
  EXPECT_EQ(Main(0)["state"]["waiting"]["reason"], "CrashLoopBackOff");
  EXPECT_EQ(Main(1)["state"]["terminated"]["exitCode"], 137) << Main(1);
  host_.Pass(milliseconds(1200));
  EXPECT_EQ(host_.Running(), "main#2 other#2");
  // What it was ended for is no crash of its own.
  const auto streak = [this](const std::string& name) { return StreakOf(*host_.runtime.Find("kubia-0", name)); };
  EXPECT_EQ(streak("main"), 2U);
  EXPECT_EQ(streak("other"), 0U);
  Exit("other", 1);
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#2 other#3");
}

TEST_F(AllContainers, AnEndThatNoRuleIsForIsAnEndAsBefore) {
  host_.StartAgent();
  host_.Apply(WithRule(Spec({}, {"main", "other"}, "Never")));
  host_.Settle();
  Exit("main", 1);
  host_.Settle();
  EXPECT_EQ(host_.Running(), "other#0");
  Exit("other", 42);  // it has no rule
  host_.Settle();
  EXPECT_EQ(host_.Phase(), "Failed");
  EXPECT_EQ(host_.StatusOf()["conditions"].back()["reason"], "PodFailed");
}

TEST_F(AllContainers, ASidecarThatIsEndedWithItsPodRestartsNothing) {
  Json spec = Spec({"side*"}, {"main"}, "Never");
  spec["initContainers"][0]["restartPolicyRules"] = kAllOn42;
  host_.runtime.Script("side", {.stopped_with = 42});
  host_.StartAgent();
  host_.Apply(spec);
  host_.Settle();
  Exit("side", 42);  // while its pod goes on it does
  host_.Settle();
  ASSERT_EQ(host_.Running(), "main#1 side#1");
  Exit("main", 0);
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Running(), "");
  EXPECT_EQ(host_.Phase(), "Succeeded");
}

TEST_F(AllContainers, AfterTheRestartEveryContainerIsJudgedAnew) {
  host_.StartAgent();
  host_.Apply(WithRule(Spec({}, {"main", "other"}, "Never")));
  host_.Settle();
  Exit("main", 42);
  host_.Settle();
  Exit("other", 0);
  Exit("main", 0);
  host_.Settle();
  EXPECT_EQ(host_.Phase(), "Succeeded");
  EXPECT_EQ(Main(0)["restartCount"], 1);
}

TEST_F(AllContainers, APodThatIsDeletedInBetweenGoes) {
  host_.StartAgent();
  host_.Apply(WithRule(Spec({}, {"main", "other"})));
  host_.Settle();
  host_.runtime.Delay(fakes::FakeRuntime::Call::kStopContainer, milliseconds(300));
  Exit("main", 42);
  host_.Settle();
  host_.Delete();
  host_.Pass(seconds(3));
  EXPECT_TRUE(host_.Object().empty());
  EXPECT_TRUE(host_.runtime.containers().empty());
}

TEST_F(AllContainers, AlsoWhenTheSandboxIsLostInBetween) {
  host_.StartAgent();
  host_.Apply(WithRule(Spec({"init"}, {"main", "other"}, "Never")));
  host_.Settle();
  Exit("init", 0);
  host_.Settle();
  Exit("main", 42);
  host_.runtime.ExitSandbox(host_.runtime.sandboxes().begin()->first);
  host_.Pass(seconds(1));
  Exit("init", 0);
  host_.Pass(seconds(1));
  EXPECT_EQ(host_.Running(), "main#1 other#1");
}

TEST(OwnPolicy, ALostSandboxStartsNobodyAgainWhoMayRunOnce) {
  Host host;
  Json spec = Spec({}, {"main", "once"});
  spec["containers"][1]["restartPolicy"] = "Never";
  host.StartAgent();
  host.Apply(spec);
  host.Settle();
  host.runtime.ExitSandbox(host.runtime.sandboxes().begin()->first);
  host.Pass(seconds(2));
  EXPECT_EQ(host.Running(), "main#1");
  EXPECT_EQ(host.Phase(), "Running");
}

TEST(OwnPolicy, ALostSandboxOfAPodThatMayRunOnceIsMadeAnewForWhoMayRunAgain) {
  Host host;
  Json spec = Spec({}, {"main", "once"}, "Never");
  spec["containers"][0]["restartPolicy"] = "OnFailure";
  host.StartAgent();
  host.Apply(spec);
  host.Settle();
  host.runtime.ExitSandbox(host.runtime.sandboxes().begin()->first);
  host.Pass(seconds(2));
  EXPECT_EQ(host.Running(), "main#1");
}

/// The agent is killed before, and after, each of the calls that a restart of all consists of.
TEST(AllContainersRestart, GoesOnUnderTheNextAgent) {
  for (int call = 0; call < 20; ++call) {
    for (const Verdict how : {Verdict::kDieBefore, Verdict::kDieAfter}) {
      SCOPED_TRACE(fmt::format("{} {}", call, how == Verdict::kDieAfter ? "after" : "before"));
      Host host;
      host.runtime.Script("init", {.exits_with = 0});
      Json spec = Spec({"init", "side*"}, {"main", "other"}, "Never");
      spec["containers"][0]["restartPolicy"] = "Never";
      spec["containers"][0]["restartPolicyRules"] = kAllOn42;
      host.StartAgent();
      host.Apply(spec);
      host.Pass(seconds(2));
      ASSERT_EQ(host.Running(), "main#0 other#0 side#0");
      const std::string sandbox = host.runtime.sandboxes().begin()->first;
      int calls = 0;
      host.verdict = [&](const std::string&) { return calls++ == call ? how : Verdict::kPass; };
      host.runtime.ExitContainer(host.runtime.Find("kubia-0", "main")->id, 42);
      host.Pass(seconds(1));
      const bool died = host.AgentDied();
      host.verdict = [](const std::string&) { return Verdict::kPass; };
      if (died) host.StartAgent();
      host.Pass(seconds(3));
      EXPECT_EQ(host.Running(), "main#1 other#1 side#1");
      EXPECT_EQ(host.runtime.Find("kubia-0", "init")->attempt, 1U);
      EXPECT_EQ(host.runtime.sandboxes().size(), 1U);
      EXPECT_EQ(host.runtime.sandboxes().begin()->first, sandbox);
      EXPECT_EQ(host.Phase(), "Running");
      host.CheckInvariants();
      if (!died) return;  // all of its calls were tried
    }
  }
  ADD_FAILURE() << "there are more calls than were tried";
}

}  // namespace
}  // namespace ordinal::podsync

// Ephemeral containers on the node: put into a pod that runs, started once, a burden to nobody.
#include <gmock/gmock.h>

#include "agent/podsync/cri_config.h"
#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class Ephemeral : public ::testing::Test {
 protected:
  /// As the sub-resource does it.
  void Add(const std::string& name, const Json& more = Json::object()) {
    Json container = {{"name", name}, {"image", "busybox:1.35"}};
    container.update(more);
    objects::Objects::Edit edit = [&](const api::Object& current) -> Result<Json> {
      Json next = current.body();
      next["spec"]["ephemeralContainers"].push_back(container);
      return next;
    };
    objects::WriteOptions options;
    options.part = objects::WriteOptions::Part::kEphemeralContainers;
    const auto written = RunTask(host_.io, host_.client.Change({"Pod", "default", "kubia-0"}, edit, options));
    ASSERT_TRUE(written.ok()) << written.error().message;
  }
  void Begin(const Json& spec) {
    host_.StartAgent();
    host_.Apply(spec);
    host_.Pass(milliseconds(500));
    host_.events.clear();
    host_.runtime.ClearCalls();
  }
  std::string IdOf(const std::string& container) const { return host_.runtime.Find("kubia-0", container)->id; }
  Json Status(size_t index = 0) { return host_.StatusOf()["ephemeralContainerStatuses"][index]; }

  Host host_;
};

TEST_F(Ephemeral, IsStartedBesideTheOthersAndTold) {
  Begin(Spec({}, {"main"}));
  Add("debug", {{"stdin", true}, {"tty", true}, {"command", {"sh"}}});
  host_.Settle();
  EXPECT_EQ(host_.Running(), "debug#0 main#0");
  EXPECT_THAT(host_.events, ElementsAre(HasSubstr("Normal Pulled"), HasSubstr("Normal Created"),
                                        "Normal Started Started container debug"));
  const cri::ContainerConfig& made = host_.runtime.ContainerConfigOf(IdOf("debug"));
  EXPECT_TRUE(made.tty && made.stdin_open);
  EXPECT_EQ(made.command, std::vector<std::string>{"sh"});
  EXPECT_EQ(made.namespaces.pid, cri::NamespaceMode::kContainer);
  EXPECT_TRUE(Status()["state"].contains("running")) << Status();
  EXPECT_EQ(Status()["ready"], false);
  EXPECT_FALSE(Status().contains("started"));
  EXPECT_EQ(Status()["containerID"], "containerd://" + IdOf("debug"));
  EXPECT_EQ(host_.StatusOf()["observedGeneration"], 2);
}

TEST_F(Ephemeral, SeesTheProcessesOfItsTarget) {
  Begin(Spec({}, {"main", "other"}));
  Add("debug", {{"targetContainerName", "other"}});
  host_.Settle();
  const cri::NamespaceOptions& namespaces = host_.runtime.ContainerConfigOf(IdOf("debug")).namespaces;
  EXPECT_EQ(namespaces.pid, cri::NamespaceMode::kTarget);
  EXPECT_EQ(namespaces.target_id, IdOf("other"));
}

TEST_F(Ephemeral, WaitsForATargetThatDoesNotRun) {
  Json spec = Spec({}, {"main", "other"}, "Never");
  Begin(spec);
  host_.runtime.ExitContainer(IdOf("other"), 0);
  host_.Settle();
  Add("debug", {{"targetContainerName", "other"}});
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_EQ(Status()["state"]["waiting"]["reason"], "CreateContainerConfigError");
  EXPECT_THAT(host_.events, Contains(HasSubstr("\"other\" that it looks into")));
}

TEST_F(Ephemeral, WhereAllProcessesAreSeenNoTargetIsNeeded) {
  Json spec = Spec({}, {"main"});
  spec["shareProcessNamespace"] = true;
  Begin(spec);
  Add("debug", {{"targetContainerName", "main"}});
  host_.Settle();
  EXPECT_EQ(host_.runtime.ContainerConfigOf(IdOf("debug")).namespaces.pid, cri::NamespaceMode::kPod);
}

TEST_F(Ephemeral, IsStartedWhateverTheOthersDo) {
  Begin(Spec({"init"}, {"main"}));  // the init container goes on and on
  Add("early");
  host_.Settle();
  EXPECT_EQ(host_.Running(), "early#0 init#0");
  host_.runtime.ExitContainer(IdOf("init"), 0);
  host_.Settle();
  for (int i = 0; i < 3; ++i) {
    host_.runtime.ExitContainer(IdOf("main"), 1);
    host_.Pass(i == 2 ? milliseconds(0) : milliseconds(2200));
  }
  ASSERT_EQ(host_.Waiting(), "CrashLoopBackOff");
  Add("late");
  host_.Settle();
  EXPECT_EQ(host_.Running(), "early#0 late#0");
}

TEST_F(Ephemeral, IsNeverStartedAgain) {
  Begin(Spec({}, {"main"}));
  Add("debug");
  host_.Settle();
  host_.runtime.ExitContainer(IdOf("debug"), 3);
  host_.Pass(seconds(5));
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_EQ(Status()["state"]["terminated"]["exitCode"], 3);
  EXPECT_EQ(Status()["restartCount"], 0);
  EXPECT_TRUE(api::Pod::From(host_.Object()).Ready()) << "its end is no matter of the pod's readiness";
  host_.KillAgent();
  host_.StartAgent();
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Running(), "main#0");
  host_.runtime.ExitSandbox(host_.runtime.sandboxes().begin()->first);
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Running(), "main#1");
}

TEST_F(Ephemeral, ThatWasHalfMadeWhenTheAgentWasKilledIsMadeAgain) {
  Begin(Spec({}, {"main"}));
  host_.verdict = [](const std::string& call) {
    return call == "CreateContainer" ? Verdict::kDieAfter : Verdict::kPass;
  };
  Add("debug");
  host_.Settle();
  ASSERT_TRUE(host_.AgentDied());
  host_.verdict = [](const std::string&) { return Verdict::kPass; };
  host_.StartAgent();
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Running(), "debug#0 main#0");
}

TEST_F(Ephemeral, HoldsUpNoPodThatIsDone) {
  host_.runtime.Script("debug", {.stop_takes = hours(1)});
  Begin(Spec({}, {"main"}, "Never"));
  Add("debug");
  host_.Settle();
  host_.runtime.ExitContainer(IdOf("main"), 0);
  host_.Pass(milliseconds(2500));
  EXPECT_EQ(host_.Phase(), "Succeeded");
  EXPECT_EQ(Status()["state"]["terminated"]["exitCode"], 137);
}

TEST_F(Ephemeral, HoldsUpNoDeletion) {
  host_.runtime.Script("debug", {.stop_takes = hours(1)});
  host_.runtime.Script("main", {.stop_takes = seconds(5)});
  Begin(Spec({"side*"}, {"main"}));
  Add("debug");
  host_.Settle();
  host_.Delete();
  host_.Pass(seconds(4));
  EXPECT_EQ(host_.Running(), "debug#0 main#0 side#0") << "as long as a main container takes its time";
  host_.Pass(seconds(4));
  EXPECT_TRUE(host_.Object().empty());
}

TEST_F(Ephemeral, HoldsUpNoNewSandbox) {
  host_.runtime.Script("debug", {.stop_takes = hours(1)});
  Begin(Spec({}, {"main"}));
  Add("debug");
  host_.Settle();
  host_.runtime.ExitSandbox(host_.runtime.sandboxes().begin()->first);
  host_.Pass(seconds(3));
  EXPECT_THAT(host_.Stops(), UnorderedElementsAre("StopContainer main 30s", "StopContainer debug 2s"));
  EXPECT_EQ(host_.Running(), "main#1");
}

TEST_F(Ephemeral, RunsOnThroughARestartOfAll) {
  Json spec = Spec({}, {"main"}, "Never");
  spec["containers"][0]["restartPolicy"] = "Never";
  spec["containers"][0]["restartPolicyRules"] =
      Json::array({Json{{"action", "RestartAllContainers"}, {"exitCodes", {{"operator", "In"}, {"values", {42}}}}}});
  Begin(spec);
  Add("debug");
  host_.Settle();
  host_.runtime.ExitContainer(IdOf("main"), 42);
  host_.Pass(seconds(1));
  EXPECT_EQ(host_.Running(), "debug#0 main#1");
  host_.runtime.ExitContainer(IdOf("main"), 42);
  host_.Settle();
  ASSERT_EQ(host_.Running(), "debug#0");
  Add("second");  // while the others wait
  host_.Settle();
  EXPECT_EQ(host_.Running(), "debug#0 second#0");
  host_.runtime.ExitContainer(IdOf("debug"), 0);
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Running(), "main#2 second#0");
}

TEST_F(Ephemeral, WithoutItsImageWaitsAndHoldsUpNobody) {
  Begin(Spec({}, {"main"}));
  Add("debug", {{"image", "nowhere:1"}});
  host_.Pass(seconds(1));
  const std::string why = Status()["state"]["waiting"]["reason"];
  EXPECT_THAT(why, AnyOf("ErrImagePull", "ImagePullBackOff"));
  host_.runtime.ExitContainer(IdOf("main"), 1);
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#1");
  EXPECT_EQ(host_.Phase(), "Running");
}

TEST_F(Ephemeral, ReadsWhatTheOthersMayRead) {
  Begin(Spec({}, {"main"}));
  Add("debug", {{"envFrom", Json::array({Json{{"configMapRef", {{"name", "c"}}}}})}});
  host_.Settle();
  EXPECT_EQ(Status()["state"]["waiting"]["reason"], "CreateContainerConfigError");
  ASSERT_TRUE(RunTask(host_.io, host_.client.Create(Json{{"apiVersion", "v1"},
                                                         {"kind", "ConfigMap"},
                                                         {"metadata", {{"name", "c"}, {"namespace", "default"}}},
                                                         {"data", {{"a", "1"}}}}))
                  .ok());
  host_.Pass(seconds(1));
  ASSERT_EQ(host_.Running(), "debug#0 main#0");
  using Variable = std::pair<std::string, std::string>;
  EXPECT_THAT(host_.runtime.ContainerConfigOf(IdOf("debug")).envs, Contains(Variable("a", "1")));
}

}  // namespace
}  // namespace ordinal::podsync

// Pods whose environment comes from config maps and secrets.
#include <gmock/gmock.h>

#include "agent/api/base64.h"
#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class PodConfig : public ::testing::Test {
 protected:
  void Write(const std::string& kind, const std::string& name, Json data) {
    Json document = {{"apiVersion", "v1"}, {"kind", kind}, {"data", std::move(data)}};
    document["metadata"] = {{"namespace", "default"}, {"name", name}};
    const auto made = RunTask(host_.io, host_.client.Create(document));
    if (made.ok()) return;
    ASSERT_TRUE(RunTask(host_.io, host_.client.Update(document)).ok());
  }
  void Remove(const std::string& kind, const std::string& name) {
    ASSERT_TRUE(RunTask(host_.io, host_.client.Delete({kind, "default", name}, {})).ok());
  }
  /// A pod whose container has all of config map `settings`, and PASSWORD from secret `keys`.
  static Json Wanted() {
    Json spec = Spec({}, {"main"});
    spec["containers"][0].update(Json::parse(R"({"envFrom": [{"configMapRef": {"name": "settings"}}],
      "env": [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "password"}}}]})"));
    return spec;
  }
  std::string MainId() { return host_.runtime.Find("kubia-0", "main")->id; }
  std::vector<std::pair<std::string, std::string>> Env() { return host_.runtime.ContainerConfigOf(MainId()).envs; }
  std::string Message() {
    return host_.StatusOf()["containerStatuses"][0]["state"]["waiting"]["message"].get<std::string>();
  }

  Host host_;
  const Json secret_ = {{"password", api::EncodeBase64("hidden")}};
};

TEST_F(PodConfig, TheContainerHasThemInItsEnvironment) {
  Write("ConfigMap", "settings", {{"COLOR", "red"}});
  Write("Secret", "keys", secret_);
  host_.StartAgent();
  host_.Apply(Wanted());
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_THAT(Env(), ElementsAre(Pair("COLOR", "red"), Pair("PASSWORD", "hidden")));
  EXPECT_THAT(host_.events, Not(Contains(HasSubstr("Warning"))));
}

TEST_F(PodConfig, APodThatMissesOneWaitsAndStartsWhenItIsThere) {
  host_.StartAgent();
  host_.Apply(Wanted());
  host_.Pass(seconds(60));
  EXPECT_EQ(host_.Waiting(), "CreateContainerConfigError");
  EXPECT_EQ(Message(), "configmap \"settings\" not found");
  EXPECT_EQ(host_.Phase(), "Pending");
  EXPECT_THAT(host_.events, Contains("Warning Failed Error: configmap \"settings\" not found"));
  Write("ConfigMap", "settings", {{"COLOR", "red"}});
  host_.Settle();
  EXPECT_EQ(Message(), "secret \"keys\" not found");
  Write("Secret", "keys", {{"other", ""}});
  host_.Settle();
  EXPECT_EQ(Message(), "couldn't find key password in Secret default/keys");
  EXPECT_EQ(host_.Running(), "");
  // no time passes between the last one's appearance and the start
  Write("Secret", "keys", secret_);
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_EQ(host_.Phase(), "Running");
}

TEST_F(PodConfig, AChangeRestartsNothingAndIsSeenByTheNextStart) {
  Write("ConfigMap", "settings", {{"COLOR", "red"}});
  Write("Secret", "keys", secret_);
  host_.StartAgent();
  host_.Apply(Wanted());
  host_.Settle();
  Write("ConfigMap", "settings", {{"COLOR", "green"}});
  host_.Pass(seconds(30));
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_THAT(Env(), Contains(Pair("COLOR", "red")));
  host_.runtime.ExitContainer(MainId(), 1);
  host_.Pass(seconds(5));
  EXPECT_EQ(host_.Running(), "main#1");
  EXPECT_THAT(Env(), Contains(Pair("COLOR", "green")));
}

TEST_F(PodConfig, OneThatIsGoneStopsNothingThatRuns) {
  Write("ConfigMap", "settings", {{"COLOR", "red"}});
  Write("Secret", "keys", secret_);
  host_.StartAgent();
  host_.Apply(Wanted());
  host_.Settle();
  Remove("ConfigMap", "settings");
  host_.Pass(seconds(30));
  EXPECT_EQ(host_.Running(), "main#0");
  // another agent takes the running pod over as it is
  host_.KillAgent();
  host_.StartAgent();
  host_.Pass(seconds(30));
  EXPECT_EQ(host_.Running(), "main#0");
  host_.runtime.ExitContainer(MainId(), 1);
  host_.Pass(seconds(5));
  EXPECT_EQ(host_.Running(), "");
  EXPECT_EQ(host_.Waiting(), "CreateContainerConfigError");
}

TEST_F(PodConfig, NothingIsWatchedOnceNobodyUsesIt) {
  host_.StartAgent();
  EXPECT_EQ(host_.watched(), 0U);
  host_.Apply(Wanted());
  host_.Apply(Wanted(), "kubia-1");
  host_.Settle();
  EXPECT_EQ(host_.watched(), 2U);
  host_.Delete();
  host_.Delete({}, "kubia-1");
  host_.Pass(seconds(60));
  EXPECT_EQ(host_.workers(), 0U);
  EXPECT_EQ(host_.watched(), 0U);
}

TEST_F(PodConfig, APodThatIsDeletedWhileItWaitsGoesAtOnce) {
  host_.StartAgent();
  host_.Apply(Wanted());
  host_.Pass(seconds(10));
  host_.Delete();
  host_.Pass(seconds(2));
  EXPECT_TRUE(host_.Object().empty());
}

/// A pod with the config map `settings` mounted.
class MountedConfig : public PodConfig {
 protected:
  static Json Wanted() {
    Json spec = Spec({}, {"main"});
    spec["volumes"] = Json::parse(R"([{"name": "v", "configMap": {"name": "settings"}}])");
    spec["containers"][0]["volumeMounts"] = Json::parse(R"([{"name": "v", "mountPath": "/v"}])");
    return spec;
  }
  std::map<std::string, std::string> Files() {
    return host_.pod_volumes.FilesOf(api::Pod::From(host_.Object()).meta.uid, "v");
  }
};

TEST_F(MountedConfig, APodThatMissesItWaitsAndStartsWhenItIsThere) {
  host_.StartAgent();
  host_.Apply(Wanted());
  host_.Pass(seconds(60));
  EXPECT_EQ(host_.Waiting(), "ContainerCreating");
  EXPECT_EQ(host_.Count("RunSandbox"), 0U);
  EXPECT_THAT(host_.events, Contains("Warning FailedMount configmap \"settings\" not found"));
  Write("ConfigMap", "settings", {{"COLOR", "red"}});
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_THAT(Files(), ElementsAre(Pair("COLOR", "red")));
}

TEST_F(MountedConfig, AChangeIsInTheFilesAtOnceAndRestartsNothing) {
  Write("ConfigMap", "settings", {{"COLOR", "red"}});
  host_.StartAgent();
  host_.Apply(Wanted());
  host_.Settle();
  Write("ConfigMap", "settings", {{"COLOR", "green"}, {"SHAPE", "round"}});
  host_.Settle();
  EXPECT_THAT(Files(), ElementsAre(Pair("COLOR", "green"), Pair("SHAPE", "round")));
  EXPECT_EQ(host_.Running(), "main#0");
  const int mounts = host_.pod_volumes.mounts();
  host_.Pass(seconds(60));
  EXPECT_EQ(host_.pod_volumes.mounts(), mounts);
}

TEST_F(MountedConfig, FilesOfOneThatIsGoneStayAndAreReplacedByItsSuccessors) {
  Write("ConfigMap", "settings", {{"COLOR", "red"}});
  host_.StartAgent();
  host_.Apply(Wanted());
  host_.Settle();
  Remove("ConfigMap", "settings");
  host_.Pass(seconds(5));
  EXPECT_THAT(Files(), ElementsAre(Pair("COLOR", "red")));
  EXPECT_THAT(host_.events,
              Contains("Warning FailedMount volume \"v\": configmap \"settings\" not found; its files stay "
                       "as they are"));
  host_.runtime.ExitContainer(MainId(), 1);
  host_.Pass(seconds(5));
  EXPECT_EQ(host_.Running(), "main#1");
  Write("ConfigMap", "settings", {{"COLOR", "blue"}});
  host_.Settle();
  EXPECT_THAT(Files(), ElementsAre(Pair("COLOR", "blue")));
}

TEST_F(MountedConfig, AChangeThatNoAgentSawIsMadeByTheNextOne) {
  Write("ConfigMap", "settings", {{"COLOR", "red"}});
  host_.StartAgent();
  host_.Apply(Wanted());
  host_.Settle();
  host_.KillAgent();
  Write("ConfigMap", "settings", {{"COLOR", "green"}});
  host_.StartAgent();
  host_.Settle();
  EXPECT_THAT(Files(), ElementsAre(Pair("COLOR", "green")));
  EXPECT_EQ(host_.Running(), "main#0");
}

TEST_F(MountedConfig, ItIsWrittenWhateverBecomesOfTheOtherVolumes) {
  Write("ConfigMap", "settings", {{"COLOR", "red"}});
  host_.StartAgent();
  Json spec = Wanted();
  spec["volumes"].insert(spec["volumes"].begin(), Json::parse(R"({"name": "other", "hostPath": {"path": "/x"}})"));
  host_.Apply(spec);
  host_.Settle();
  host_.pod_volumes.FailVolume("other", MakeError(ErrorCode::kNotFound, "/x is gone", "FailedMount"));
  Write("ConfigMap", "settings", {{"COLOR", "green"}});
  host_.Settle();
  EXPECT_THAT(Files(), ElementsAre(Pair("COLOR", "green")));
  EXPECT_THAT(host_.events, Not(Contains(HasSubstr("/x is gone"))));
}

TEST_F(MountedConfig, ItIsWrittenWhileAnotherContainerCannotBeStarted) {
  Write("ConfigMap", "settings", {{"COLOR", "red"}});
  host_.StartAgent();
  Json spec = Wanted();
  spec["containers"].push_back({{"name", "second"}, {"image", "busybox:1.35"}});
  spec["volumes"].insert(spec["volumes"].begin(), Json::parse(R"({"name": "other", "hostPath": {"path": "/x"}})"));
  host_.Apply(spec);
  host_.Settle();
  host_.pod_volumes.FailVolume("other", MakeError(ErrorCode::kNotFound, "/x is gone", "FailedMount"));
  host_.runtime.ExitContainer(host_.runtime.Find("kubia-0", "second")->id, 1);
  host_.Pass(seconds(5));
  EXPECT_EQ(host_.Running(), "main#0");
  const int mounts = host_.pod_volumes.mounts();
  host_.Settle();
  EXPECT_EQ(host_.pod_volumes.mounts(), mounts) << "it is tried again after its backoff, not before";
  Write("ConfigMap", "settings", {{"COLOR", "green"}});
  host_.Settle();
  EXPECT_THAT(Files(), ElementsAre(Pair("COLOR", "green")));
}

TEST_F(MountedConfig, WhatCannotBeWrittenIsTriedAgain) {
  Write("ConfigMap", "settings", {{"COLOR", "red"}});
  host_.StartAgent();
  host_.Apply(Wanted());
  host_.Settle();
  host_.pod_volumes.FailMounts(2, MakeError(ErrorCode::kUnavailable, "no space left on device", "FailedMount"));
  Write("ConfigMap", "settings", {{"COLOR", "green"}});
  host_.Settle();
  EXPECT_THAT(Files(), ElementsAre(Pair("COLOR", "red")));
  EXPECT_THAT(host_.events, Contains("Warning FailedMount no space left on device"));
  host_.Pass(seconds(10));
  EXPECT_THAT(Files(), ElementsAre(Pair("COLOR", "green")));
  EXPECT_EQ(host_.Running(), "main#0");
}

}  // namespace
}  // namespace ordinal::podsync

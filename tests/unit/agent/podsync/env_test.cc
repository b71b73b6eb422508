#include "agent/podsync/env.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

const EnvFacts kFacts{{"10.244.0.30", "fd00::30"}, {"192.0.2.1", "2001:db8::1"}, 8LL << 30, 2000};

TEST(Expand, FollowsTheReference) {
  const Environment values = {{"A", "one"}, {"B", "old"}, {"B", "two"}, {"EMPTY", ""}, {"DOLLAR", "$(A)"}};
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", ""},
      {"plain", "plain"},
      {"$(A)", "one"},
      {"x$(A)y$(B)z", "xoneytwoz"},
      {"$(NOPE)", "$(NOPE)"},
      {"$$(A)", "$(A)"},
      {"$$$(A)", "$one"},
      {"$$$$(A)", "$$(A)"},
      {"$(A", "$(A"},
      {"$", "$"},
      {"a$", "a$"},
      {"$A", "$A"},
      {"$()", "$()"},
      {"$(EMPTY)", ""},
      {"$(DOLLAR)", "$(A)"},  // what was put in is not looked at again
      {"$$", "$"},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(Expand(text, values), expected) << text;
}

TEST(BuildEnv, ReferencesThatDoubleWhatTheyNameEndWhereNoProgramCanBeStartedWithThem) {
  Json document = PodDocument(Spec({}, {"a"}));
  Json& container = document["spec"]["containers"][0];
  container["env"] = Json::array({Json{{"name", "V0"}, {"value", "0123456789"}}});
  for (int i = 1; i <= 20; ++i) {
    const std::string before = fmt::format("$(V{})", i - 1);
    container["env"].push_back(Json{{"name", fmt::format("V{}", i)}, {"value", before + before}});
  }
  const api::Pod pod = PodFrom(document);
  const auto env = BuildEnv(pod, pod.spec.containers[0], kFacts);
  ASSERT_FALSE(env.ok());
  EXPECT_EQ(env.error().reason, "CreateContainerConfigError");
  EXPECT_EQ(env.error().message.find("env \"V14\" of container \"a\""), 0u) << env.error().message;
  EXPECT_LE(Expand(std::string(400000, 'x') + "$(A)", {{"A", "y"}}).size(), kLongestWord + 1);
}

TEST(FieldValue, KnowsEveryFieldAContainerMayAskFor) {
  Json document = PodDocument(Spec({}, {"a"}));
  document["spec"]["serviceAccountName"] = "robot";
  document["metadata"]["labels"] = {{"tier", "db"}, {"example.org/x.y", "z"}};
  document["metadata"]["annotations"] = {{"note", "hello"}};
  const api::Pod pod = PodFrom(document);
  const std::vector<std::pair<std::string, std::string>> table = {
      {"metadata.name", "kubia-0"},
      {"metadata.namespace", "default"},
      {"metadata.uid", kUid},
      {"metadata.labels['tier']", "db"},
      {"metadata.labels['example.org/x.y']", "z"},
      {"metadata.labels['none']", ""},
      {"metadata.annotations['note']", "hello"},
      {"spec.nodeName", "node-a"},
      {"spec.serviceAccountName", "robot"},
      {"status.podIP", "10.244.0.30"},
      {"status.podIPs", "10.244.0.30,fd00::30"},
      {"status.hostIP", "192.0.2.1"},
      {"status.hostIPs", "192.0.2.1,2001:db8::1"},
  };
  for (const auto& [path, expected] : table) {
    const auto value = FieldValue(pod, path, kFacts);
    ASSERT_TRUE(value.ok()) << path;
    EXPECT_EQ(*value, expected) << path;
  }
  for (const char* path : {"", "metadata", "status.phase", "metadata.labels", "metadata.labels['x"}) {
    const auto value = FieldValue(pod, path, kFacts);
    ASSERT_FALSE(value.ok()) << path;
    EXPECT_EQ(value.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(value.error().reason, "CreateContainerConfigError");
  }
}

TEST(BuildEnv, AsRecorded) {
  const api::Pod pod = PodFrom(Recorded("security-and-env.pod.json"));
  const auto env = BuildEnv(pod, pod.spec.containers[0], kFacts);
  ASSERT_TRUE(env.ok());
  Environment expected;
  const Json recorded = Recorded("security-and-env.cri-container.json")["config"]["envs"];
  for (const Json& item : recorded) {
    const auto key = item["key"].get<std::string>();
    if (!key.starts_with("KUBERNETES_"))
      expected.emplace_back(key, item["value"].get<std::string>());  // service links: docs/limits.md
  }
  EXPECT_EQ(expected.size(), 8U);
  EXPECT_THAT(*env, ::testing::UnorderedElementsAreArray(expected));
}

TEST(BuildEnv, KeepsTheOrderAndSeesOnlyWhatCameBefore) {
  Json spec = Spec({}, {"a"});
  spec["containers"][0]["env"] = Json::parse(R"x([{"name":"LATE","value":"$(EARLY)"},{"name":"EARLY","value":"1"},
      {"name":"AFTER","value":"$(EARLY)$(LATE)"},{"name":"EARLY","value":"2"}])x");
  const api::Pod pod = PodWith(spec);
  const auto env = BuildEnv(pod, pod.spec.containers[0], kFacts);
  ASSERT_TRUE(env.ok());
  EXPECT_THAT(*env, ElementsAre(Pair("LATE", "$(EARLY)"), Pair("AFTER", "1$(EARLY)"), Pair("EARLY", "2")));
}

TEST(BuildEnv, ReadsResourcesOfAnotherContainer) {
  Json spec = Spec({}, {"a", "b"});
  spec["containers"][0]["env"] = Json::parse(
      R"([{"name":"OTHER","valueFrom":{"resourceFieldRef":{"containerName":"b","resource":"limits.memory","divisor":"1Mi"}}},
          {"name":"OWN","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu"}}}])");
  spec["containers"][1]["resources"]["limits"]["memory"] = "33Mi";
  const api::Pod pod = PodWith(spec);
  const auto env = BuildEnv(pod, pod.spec.containers[0], kFacts);
  ASSERT_TRUE(env.ok());
  EXPECT_THAT(*env, ElementsAre(Pair("OTHER", "33"), Pair("OWN", "2")));  // no limit: the node's two processors
}

TEST(BuildEnv, AnErrorNamesTheVariableAndTheContainer) {
  Json spec = Spec({}, {"a"});
  spec["containers"][0]["env"] =
      Json::parse(R"([{"name":"BAD","valueFrom":{"fieldRef":{"fieldPath":"status.phase"}}}])");
  const api::Pod pod = PodWith(spec);
  const auto env = BuildEnv(pod, pod.spec.containers[0], kFacts);
  ASSERT_FALSE(env.ok());
  EXPECT_THAT(env.error().message, HasSubstr("\"BAD\" of container \"a\""));
  EXPECT_EQ(env.error().reason, "CreateContainerConfigError");
}

/// Config maps and secrets of the namespace default, by "ConfigMap/name".
class Configured : public ::testing::Test {
 protected:
  Configured() {
    facts_.config = [this](const api::ObjectKey& key) {
      const auto found = configs_.find(key.kind + "/" + key.name);
      const bool there = found != configs_.end() && key.ns == "default";
      return references::Found{true, there ? found->second : nullptr};
    };
    Put("ConfigMap/plain", {{"A", "a"}, {"B", "$(A)"}});
    Put("Secret/keys", {{"A", "secret"}, {"raw", std::string("x\0y", 3)}, {"latin", "caf\xe9"}});
  }
  void Put(const std::string& which, const api::StringMap& values) {
    configs_[which] = std::make_shared<references::Config>(references::Config{values, {}, 1, "uid"});
  }
  Result<Environment> Build(const char* members) {
    Json document = PodDocument(Spec({}, {"main"}));
    document["spec"]["containers"][0].update(Json::parse(members));
    const api::Pod pod = PodFrom(document);
    return BuildEnv(pod, pod.spec.containers[0], facts_);
  }
  std::string Refusal(const char* members) {
    const auto built = Build(members);
    EXPECT_FALSE(built.ok());
    return built.ok() ? "" : built.error().reason + ": " + built.error().message;
  }

  EnvFacts facts_ = kFacts;
  std::map<std::string, references::ConfigRef> configs_;
};

TEST_F(Configured, LaterSourcesGoBeforeEarlierOnesAndEnvBeforeAll) {
  configs_["Secret/keys"] = nullptr;
  Put("Secret/keys", {{"A", "secret"}, {"ONLY", "here"}});
  const auto env = Build(R"json({
    "envFrom": [{"configMapRef": {"name": "plain"}}, {"secretRef": {"name": "keys"}},
                {"prefix": "my.", "configMapRef": {"name": "plain"}}],
    "env": [{"name": "ONLY", "value": "mine, not $(ONLY)"}, {"name": "SEEN", "value": "$(A) $(my.A) $(B)"}]})json");
  ASSERT_TRUE(env.ok()) << env.error().message;
  EXPECT_THAT(*env, ElementsAre(Pair("B", "$(A)"), Pair("A", "secret"), Pair("my.A", "a"), Pair("my.B", "$(A)"),
                                Pair("ONLY", "mine, not here"), Pair("SEEN", "secret a $(A)")));
}

TEST_F(Configured, AKeyIsTakenAsItIs) {
  const auto env = Build(R"json({"env": [
    {"name": "ONE", "valueFrom": {"configMapKeyRef": {"name": "plain", "key": "B"}}},
    {"name": "TWO", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "A"}}},
    {"name": "BOTH", "value": "$(ONE)-$(TWO)"}]})json");
  ASSERT_TRUE(env.ok()) << env.error().message;
  EXPECT_THAT(*env, ElementsAre(Pair("ONE", "$(A)"), Pair("TWO", "secret"), Pair("BOTH", "$(A)-secret")));
}

TEST_F(Configured, WhatIsOptionalMayBeMissing) {
  const auto env = Build(R"json({
    "envFrom": [{"configMapRef": {"name": "no", "optional": true}}, {"secretRef": {"name": "no", "optional": true}}],
    "env": [{"name": "X", "valueFrom": {"configMapKeyRef": {"name": "no", "key": "k", "optional": true}}},
            {"name": "Y", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "no", "optional": true}}},
            {"name": "Z", "value": "$(X)"}]})json");
  ASSERT_TRUE(env.ok()) << env.error().message;
  EXPECT_THAT(*env, ElementsAre(Pair("Z", "$(X)")));
}

TEST_F(Configured, WhatIsMissingIsNamedInTheReferencesWords) {
  EXPECT_EQ(
      Refusal(R"json({"env": [{"name": "X", "valueFrom": {"configMapKeyRef": {"name": "nosuch", "key": "k"}}}]})json"),
      "CreateContainerConfigError: configmap \"nosuch\" not found");
  EXPECT_EQ(Refusal(R"json({"envFrom": [{"secretRef": {"name": "nosuch"}}]})json"),
            "CreateContainerConfigError: secret \"nosuch\" not found");
  EXPECT_EQ(
      Refusal(R"json({"env": [{"name": "X", "valueFrom": {"configMapKeyRef": {"name": "plain", "key": "k"}}}]})json"),
      "CreateContainerConfigError: couldn't find key k in ConfigMap default/plain");
  EXPECT_EQ(Refusal(R"json({"env": [{"name": "X", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "k"}}}]})json"),
            "CreateContainerConfigError: couldn't find key k in Secret default/keys");
}

TEST_F(Configured, BytesThatAreNoTextAreNoVariable) {
  for (const char* key : {"raw", "latin"}) {
    const std::string members = fmt::format(
        R"json({{"env": [{{"name": "X", "valueFrom": {{"secretKeyRef": {{"name": "keys", "key": "{}"}}}}}}]}})json",
        key);
    EXPECT_THAT(Refusal(members.c_str()), HasSubstr(fmt::format("key {} in Secret default/keys is no text", key)));
  }
  EXPECT_THAT(Refusal(R"json({"envFrom": [{"secretRef": {"name": "keys"}}]})json"), HasSubstr("mount it as a file"));
}

TEST_F(Configured, MoreThanAProgramCanBeStartedWithIsRefused) {
  Put("ConfigMap/large", {{"K", std::string(kLongestWord + 1, 'x')}});
  EXPECT_THAT(Refusal(R"json({"envFrom": [{"configMapRef": {"name": "large"}}]})json"),
              HasSubstr("env \"K\" of container \"main\""));
}

}  // namespace
}  // namespace ordinal::podsync

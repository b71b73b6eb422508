#include "agent/podsync/config_volumes.h"

#include <gmock/gmock.h>

#include "agent/podsync/pod_references.h"
#include "agent/podsync/volume_specs.h"
#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConfigVolumes : public ::testing::Test {
 protected:
  ConfigVolumes() {
    facts_.memory_capacity = 8LL << 30;
    facts_.config = [this](const api::ObjectKey& key) {
      const auto found = configs_.find(key.kind + "/" + key.name);
      return references::Found{true, found == configs_.end() ? nullptr : found->second};
    };
    Put("ConfigMap/plain", {{"a", "A"}, {"b", "B"}}, {{"raw", std::string("\0", 1)}});
    Put("Secret/keys", {{"k", "hidden"}});
  }
  void Put(const std::string& which, const api::StringMap& values, const api::StringMap& binary = {}, uint64_t at = 1) {
    configs_[which] = std::make_shared<references::Config>(references::Config{values, binary, at, "uid"});
  }
  api::Pod PodOf(const char* source) {
    Json document = PodDocument(Spec({}, {"main"}));
    Json volume = Json::parse(source);
    volume["name"] = "v";
    document["spec"]["volumes"] = Json::array({volume});
    document["metadata"]["labels"] = {{"tier", "db"}, {"app", "say \"hi\"\n\a\x01"}};
    return PodFrom(document);
  }
  volumes::ConfigFiles Files(const char* source) {
    const api::Pod pod = PodOf(source);
    return ConfigVolume(pod, pod.spec.volumes[0], facts_);
  }
  /// "path mode text", sorted by path as they are given.
  std::vector<std::string> Lines(const char* source) {
    std::vector<std::string> lines;
    for (const auto& file : Files(source).files) {
      lines.push_back(fmt::format("{} {:o} {}", file.path, file.mode, *file.bytes));
    }
    return lines;
  }

  EnvFacts facts_;
  std::map<std::string, references::ConfigRef> configs_;
};

TEST_F(ConfigVolumes, EveryKeyIsAFileWhereNoneIsChosen) {
  EXPECT_THAT(Lines(R"({"configMap": {"name": "plain", "defaultMode": 256}})"),
              ElementsAre("a 400 A", "b 400 B", std::string("raw 400 \0", 9)));
  EXPECT_THAT(Lines(R"({"secret": {"secretName": "keys", "defaultMode": 420}})"), ElementsAre("k 644 hidden"));
}

TEST_F(ConfigVolumes, ItemsChooseNameAndMode) {
  EXPECT_THAT(Lines(R"({"configMap": {"name": "plain", "defaultMode": 420,
                        "items": [{"key": "b", "path": "etc/bee", "mode": 384}, {"key": "raw", "path": "r"}]}})"),
              ElementsAre("etc/bee 600 B", std::string("r 644 \0", 7)));
}

TEST_F(ConfigVolumes, PathsAreCleaned) {
  EXPECT_THAT(Lines(R"({"configMap": {"name": "plain", "items": [{"key": "a", "path": "./a//b/"}]}})"),
              ElementsAre("a/b 644 A"));
}

TEST_F(ConfigVolumes, AContainerThatIsNotThereIsAFaultOfTheVolume) {
  const auto missing = Files(R"({"downwardAPI": {"items": [{"path": "m", "resourceFieldRef": {"containerName": "no",
      "resource": "limits.memory"}}]}})")
                           .missing;
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->reason, "FailedMount");
  EXPECT_THAT(missing->message, HasSubstr("\"no\": the pod has no such container"));
}

TEST_F(ConfigVolumes, FieldsOfThePodAreFiles) {
  EXPECT_THAT(
      Lines(R"({"downwardAPI": {"defaultMode": 420, "items": [
                {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}},
                {"path": "name", "mode": 292, "fieldRef": {"fieldPath": "metadata.name"}},
                {"path": "memory", "resourceFieldRef": {"containerName": "main", "resource": "limits.memory",
                                                        "divisor": "1Mi"}}]}})"),
      ElementsAre("labels 644 app=\"say \\\"hi\\\"\\n\\a\\x01\"\ntier=\"db\"", "name 444 kubia-0", "memory 644 8192"));
}

TEST_F(ConfigVolumes, SeveralSourcesShareADirectory) {
  EXPECT_THAT(Lines(R"({"projected": {"defaultMode": 420, "sources": [
                {"secret": {"name": "keys"}},
                {"configMap": {"name": "plain", "items": [{"key": "a", "path": "deep/a"}]}},
                {"downwardAPI": {"items": [{"path": "uid", "fieldRef": {"fieldPath": "metadata.uid"}}]}}]}})"),
              ElementsAre("k 644 hidden", "deep/a 644 A", std::string("uid 644 ") + kUid));
}

TEST_F(ConfigVolumes, ATokenIsReadByThePodsOwnUserAlone) {
  references::FoundToken found{std::make_shared<const std::string>("secret"), ""};
  facts_.token = [&](const std::string& uid, const references::TokenWish& wish) {
    EXPECT_EQ(uid, kUid);
    EXPECT_EQ(wish, (references::TokenWish{"vault", 3607}));
    return found;
  };
  const char* source = R"({"projected": {"defaultMode": 420, "sources": [{"serviceAccountToken":
      {"audience": "vault", "expirationSeconds": 3607, "path": "deep/token"}}]}})";
  EXPECT_THAT(Lines(source), ElementsAre("deep/token 644 secret"));
  api::Pod pod = PodOf(source);
  EXPECT_THAT(TokensOf(pod), ElementsAre(references::TokenWish{"vault", 3607}));
  pod.spec.security.run_as_user = 1000;
  const volumes::ConfigFile file = ConfigVolume(pod, pod.spec.volumes[0], facts_).files.at(0);
  EXPECT_EQ(file.mode, 0600U);
  EXPECT_EQ(file.owner, 1000);
  pod.spec.containers[0].security.run_as_user = 7;
  pod.spec.init_containers.push_back(pod.spec.containers[0]);
  pod.spec.init_containers[0].security.run_as_user = 8;
  pod.spec.security.fs_group = 2000;
  const volumes::ConfigFile shared = ConfigVolume(pod, pod.spec.volumes[0], facts_).files.at(0);
  EXPECT_EQ(shared.mode, 0600U) << "the group may read it (volumes)";
  EXPECT_FALSE(shared.owner) << "two users";

  const std::string before = Files(source).version;
  found.text = std::make_shared<const std::string>("renewed");
  EXPECT_NE(Files(source).version, before);
  found = {nullptr, "serviceaccounts \"db\" not found"};
  ASSERT_TRUE(Files(source).missing);
  EXPECT_EQ(Files(source).missing->message, "failed to fetch token: serviceaccounts \"db\" not found");
}

TEST_F(ConfigVolumes, WhatIsMissingIsSaidInTheReferencesWords) {
  const std::vector<std::pair<const char*, const char*>> table = {
      {R"({"configMap": {"name": "nosuch"}})", "configmap \"nosuch\" not found"},
      {R"({"secret": {"secretName": "nosuch"}})", "secret \"nosuch\" not found"},
      {R"({"configMap": {"name": "plain", "items": [{"key": "x", "path": "x"}]}})",
       "configmap references non-existent config key: x"},
      {R"({"secret": {"secretName": "keys", "items": [{"key": "x", "path": "x"}]}})",
       "references non-existent secret key: x"},
      {R"({"projected": {"sources": [{"secret": {"name": "keys"}}, {"secret": {"name": "no"}}]}})",
       "secret \"no\" not found"},
  };
  for (const auto& [source, words] : table) {
    const auto missing = Files(source).missing;
    ASSERT_TRUE(missing) << source;
    EXPECT_EQ(missing->message, words);
    EXPECT_EQ(missing->reason, "FailedMount");
  }
}

TEST_F(ConfigVolumes, WhatIsOptionalMayBeMissing) {
  EXPECT_THAT(Lines(R"({"configMap": {"name": "nosuch", "optional": true}})"), IsEmpty());
  EXPECT_THAT(Lines(R"({"secret": {"secretName": "keys", "optional": true,
                        "items": [{"key": "x", "path": "x"}, {"key": "k", "path": "k"}]}})"),
              ElementsAre("k 644 hidden"));
  EXPECT_FALSE(Files(R"({"projected": {"sources": [{"configMap": {"name": "no", "optional": true}}]}})").missing);
}

TEST_F(ConfigVolumes, TheVersionIsThatOfWhatItIsMadeFrom) {
  const char* source =
      R"({"projected": {"sources": [{"secret": {"name": "keys"}}, {"configMap": {"name": "plain"}}]}})";
  const std::string before = Files(source).version;
  EXPECT_EQ(Files(source).version, before);
  Put("Secret/keys", {{"k", "hidden"}}, {}, 2);
  const std::string second = Files(source).version;
  EXPECT_NE(second, before);
  configs_.erase("Secret/keys");
  EXPECT_NE(Files(source).version, second);
}

TEST_F(ConfigVolumes, AVolumeIsBounded) {
  Put("ConfigMap/large", {{"k", std::string(1 << 20, 'x')}});
  Json sources = Json::array();
  for (int i = 0; i < 33; ++i) {
    const Json item = {{"key", "k"}, {"path", fmt::format("f{}", i)}};
    sources.push_back({{"configMap", {{"name", "large"}, {"items", Json::array({item})}}}});
  }
  const auto files = Files(Json{{"projected", {{"sources", sources}}}}.dump().c_str());
  ASSERT_TRUE(files.missing);
  EXPECT_THAT(files.missing->message, HasSubstr("more than 33554432"));
  EXPECT_THAT(files.files, IsEmpty());
}

TEST_F(ConfigVolumes, BytesAreNotCopied) {
  const auto files = Files(R"({"secret": {"secretName": "keys"}})").files;
  EXPECT_EQ(files[0].bytes.get(), &configs_["Secret/keys"]->values.at("k"));
}

TEST_F(ConfigVolumes, OnlyAConfigMapIsOnTheDisk) {
  EXPECT_FALSE(Files(R"({"configMap": {"name": "plain"}})").memory);
  EXPECT_TRUE(Files(R"({"secret": {"secretName": "keys"}})").memory);
  EXPECT_TRUE(Files(R"({"downwardAPI": {"items": []}})").memory);
  EXPECT_TRUE(Files(R"({"projected": {"sources": []}})").memory);
}

TEST_F(ConfigVolumes, TheirObjectsAreThoseThePodRefersTo) {
  const auto keys = ReferencesOf(PodOf(R"({"projected": {"sources": [{"secret": {"name": "keys"}},
      {"configMap": {"name": "plain"}}, {"downwardAPI": {"items": []}}]}})"));
  EXPECT_THAT(
      keys, ElementsAre(api::ObjectKey{"ConfigMap", "default", "plain"}, api::ObjectKey{"Secret", "default", "keys"}));
}

}  // namespace
}  // namespace ordinal::podsync

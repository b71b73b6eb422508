// Credentials read from secrets, and pods that are pulled with them.
#include "agent/podsync/pull_secrets.h"

#include <gmock/gmock.h>

#include "agent/api/base64.h"
#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kPrivate[] = "registry.test:5000/team/app:1";

references::Config Holding(const std::string& key, const std::string& text) {
  references::Config config;
  config.values[key] = text;
  return config;
}

/// "name password" of what a secret has for kPrivate, or why it is no good.
std::string ReadFrom(const std::string& key, const std::string& text) {
  Keyring keyring;
  const Status added = AddPullSecret(Holding(key, text), keyring);
  if (!added.ok()) return added.error().message;
  const auto found = keyring.For(kPrivate);
  if (found.empty()) return "none";
  return found[0].identity_token + found[0].registry_token + found[0].username + " " + found[0].password;
}

std::string Auths(const std::string& entry) { return R"({"auths": {"registry.test:5000": )" + entry + "}}"; }

TEST(PullSecret, IsReadInBothFormsWithEitherWayToSayWho) {
  const std::string both = api::EncodeBase64("reader:pass:word");
  EXPECT_EQ(ReadFrom(".dockerconfigjson", Auths(R"({"username": "reader", "password": "words"})")), "reader words");
  EXPECT_EQ(ReadFrom(".dockerconfigjson", Auths(R"({"auth": ")" + both + R"("})")), "reader pass:word");
  EXPECT_EQ(ReadFrom(".dockercfg", R"({"registry.test:5000": {"auth": ")" + both + R"(", "email": "a@b"}})"),
            "reader pass:word");
  // auth is what counts, with or without padding
  EXPECT_EQ(ReadFrom(".dockerconfigjson", Auths(R"({"username": "x", "password": "y", "auth": "cmVhZGVyOg"})")),
            "reader ");
  EXPECT_EQ(ReadFrom(".dockerconfigjson", Auths(R"({"auth": "cmVhZGVyOg==\n"})")), "reader ");
  EXPECT_EQ(ReadFrom(".dockerconfigjson", Auths(R"({"auth": "MDAwOg==", "identitytoken": "refresh"})")), "refresh ");
  EXPECT_EQ(ReadFrom(".dockerconfigjson", Auths(R"({"registrytoken": "bearer"})")), "bearer ");
  EXPECT_EQ(ReadFrom(".dockerconfigjson", R"({"credsStore": "x"})"), "none");
  EXPECT_EQ(ReadFrom(".dockerconfigjson", Auths("{}")), "none");
}

TEST(PullSecret, ThatIsNoGoodIsNamedByWhatIsWrongAndNeverQuoted) {
  const struct {
    std::string key, text, why;
  } kRows[] = {
      {"token", "hunter2",
       "it has neither .dockerconfigjson nor .dockercfg: make it with kubectl create secret "
       "docker-registry"},
      {".dockerconfigjson", "hunter2", "its .dockerconfigjson is not a JSON object"},
      {".dockerconfigjson", R"({"auths": hunter2})", "its .dockerconfigjson is not a JSON object"},
      {".dockerconfigjson", R"("hunter2")", "its .dockerconfigjson is not a JSON object"},
      {".dockercfg", std::string(1000, '[') + "hunter2", "its .dockercfg is not a JSON object"},
      {".dockerconfigjson", R"({"auths": ["hunter2"]})",
       "its .dockerconfigjson: what it has for registries is no object"},
      {".dockercfg", R"({"hunter2": "hunter2"})", "its .dockercfg: what it has for a registry is no object"},
      {".dockerconfigjson", Auths(R"({"auth": "hunter2!"})"),
       "its .dockerconfigjson: an \"auth\" in it is not base64 of name:password"},
      {".dockerconfigjson", Auths(R"({"auth": ")" + api::EncodeBase64("hunter2") + R"("})"),
       "its .dockerconfigjson: an \"auth\" in it is not base64 of name:password"},
      {".dockerconfigjson", Auths(R"({"auth": ")" + api::EncodeBase64("hunter2:\xFF") + R"("})"),
       "its .dockerconfigjson: a name or password in it is no text in UTF-8"},
      {".dockerconfigjson", Auths(R"({"username": 7, "password": "hunter2"})"),
       "its .dockerconfigjson: a \"username\" in it is no text"},
      {".dockerconfigjson", Auths(R"({"password": ")" + std::string(100'000, 'x') + R"("})"),
       "its .dockerconfigjson: a \"password\" in it is too long"},
  };
  for (const auto& [key, text, why] : kRows) {
    EXPECT_EQ(ReadFrom(key, text), why);
    EXPECT_THAT(ReadFrom(key, text), Not(HasSubstr("hunter2")));
  }
}

TEST(PullSecret, OfWhichOneRegistryIsNoGoodAddsNothing) {
  Keyring keyring;
  EXPECT_FALSE(AddPullSecret(Holding(".dockercfg", R"({"a.test": {"username": "u"}, "b.test": 1})"), keyring).ok());
  EXPECT_TRUE(keyring.empty());
}

class PullSecretsOfPods : public ::testing::Test {
 protected:
  void SetUp() override {
    host_.runtime.AddPrivateImage(kPrivate, {{"reader", "right"}});
    host_.StartAgent();
  }

  void WriteSecret(const std::string& name, const std::string& user, const std::string& password) {
    Json entry;
    entry["auth"] = api::EncodeBase64(user + ":" + password);
    Json config;
    config["auths"]["registry.test:5000"] = std::move(entry);
    WriteText(name, config.dump());
  }
  void WriteText(const std::string& name, const std::string& text) {
    Json document = {{"apiVersion", "v1"}, {"kind", "Secret"}, {"type", "Opaque"}};
    document["metadata"] = {{"namespace", "default"}, {"name", name}};
    document["data"][".dockerconfigjson"] = api::EncodeBase64(text);
    if (RunTask(host_.io, host_.client.Create(document)).ok()) return;
    ASSERT_TRUE(RunTask(host_.io, host_.client.Update(document)).ok());
  }
  static Json Wanted(const std::vector<std::string>& secrets) {
    Json spec = Spec({}, {"main"});
    spec["containers"][0]["image"] = kPrivate;
    spec["containers"][0]["imagePullPolicy"] = "IfNotPresent";
    for (const std::string& name : secrets) spec["imagePullSecrets"].push_back({{"name", name}});
    return spec;
  }
  std::vector<std::string> Pulls() {
    std::vector<std::string> pulls = host_.runtime.calls();
    std::erase_if(pulls, [](const std::string& call) { return !call.starts_with("PullImage"); });
    return pulls;
  }
  std::string Message() {
    return host_.StatusOf()["containerStatuses"][0]["state"]["waiting"]["message"].get<std::string>();
  }

  Host host_;
};

TEST_F(PullSecretsOfPods, AreWhatTheImageIsPulledWith) {
  WriteSecret("keys", "reader", "right");
  host_.Apply(Wanted({"keys"}));
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_THAT(Pulls(), ElementsAre("PullImage " + std::string(kPrivate) + " as reader"));
  EXPECT_THAT(host_.events, Not(Contains(HasSubstr("Warning"))));
}

TEST_F(PullSecretsOfPods, AreTriedOneAfterTheOther) {
  WriteSecret("old", "former", "right");
  WriteSecret("new", "reader", "right");
  host_.Apply(Wanted({"old", "new"}));
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_THAT(Pulls(), ElementsAre("PullImage " + std::string(kPrivate) + " as former",
                                   "PullImage " + std::string(kPrivate) + " as reader"));
}

TEST_F(PullSecretsOfPods, ThatAllFailAreAllTold) {
  WriteSecret("one", "former", "right");
  WriteSecret("other", "reader", "wrong");
  host_.Apply(Wanted({"one", "other"}));
  host_.Settle();
  EXPECT_EQ(host_.Waiting(), "ErrImagePull");
  EXPECT_EQ(Message(), fmt::format("[{0}: 401 Unauthorized as former, {0}: 401 Unauthorized as reader]", kPrivate));
}

TEST_F(PullSecretsOfPods, ThatIsMissingIsSaidAndThePullIsTriedWithout) {
  host_.runtime.AddRemoteImage("public:1");
  Json spec = Wanted({"none", "nor-this"});
  spec["containers"][0]["image"] = "public:1";
  host_.Apply(spec);
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_THAT(Pulls(), ElementsAre("PullImage public:1"));
  EXPECT_THAT(host_.events, Contains("Warning FailedToRetrieveImagePullSecret Unable to retrieve some image pull "
                                     "secrets (none, nor-this); attempting to pull the image may not succeed."));
}

TEST_F(PullSecretsOfPods, ThatIsNoGoodIsSaidWithoutWhatIsInIt) {
  WriteText("broken", R"({"auths": hunter2})");
  host_.Apply(Wanted({"broken"}));
  host_.Pass(seconds(60));
  EXPECT_EQ(host_.Running(), "");
  EXPECT_THAT(host_.events, Contains("Warning FailedToRetrieveImagePullSecret unable to use image pull secret "
                                     "\"broken\": its .dockerconfigjson is not a JSON object; attempting to pull the "
                                     "image may not succeed."))
      << "said once, and the image is tried without it";
  EXPECT_EQ(std::count_if(host_.events.begin(), host_.events.end(),
                          [](const auto& said) { return said.find("PullSecret") != std::string::npos; }),
            1);
  EXPECT_THAT(host_.events, Not(Contains(HasSubstr("hunter2"))));
}

TEST_F(PullSecretsOfPods, ThatIsMendedEndsTheBackoffAtOnce) {
  WriteSecret("keys", "reader", "wrong");
  host_.Apply(Wanted({"keys"}));
  host_.Pass(seconds(60));  // the fourth try is to come after ten more
  ASSERT_EQ(host_.Waiting(), "ImagePullBackOff");
  const size_t tries = Pulls().size();
  WriteSecret("keys", "reader", "right");
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_EQ(Pulls().size(), tries + 1);
}

TEST_F(PullSecretsOfPods, ThatAppearsEndsTheBackoffAtOnce) {
  host_.Apply(Wanted({"keys"}));
  host_.Pass(seconds(60));
  ASSERT_EQ(host_.Waiting(), "ImagePullBackOff");
  WriteSecret("keys", "reader", "right");
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#0");
}

TEST_F(PullSecretsOfPods, ThatChangesToNoEffectLeavesTheBackoff) {
  WriteSecret("keys", "reader", "wrong");
  host_.Apply(Wanted({"keys"}));
  host_.Pass(seconds(60));
  const size_t tries = Pulls().size();
  WriteText("other", "{}");
  Json config;
  config["auths"]["registry.test:5000"]["auth"] = api::EncodeBase64("reader:wrong");
  config["auths"]["elsewhere.test"]["auth"] = api::EncodeBase64("reader:right");
  WriteText("keys", config.dump());
  host_.Settle();
  EXPECT_EQ(Pulls().size(), tries) << "what this registry is shown is the same";
}

TEST_F(PullSecretsOfPods, AreWatchedAsLongAsThePodIsThere) {
  host_.runtime.AddImage(kPrivate);
  host_.Apply(Wanted({"keys"}));
  host_.Settle();
  EXPECT_EQ(host_.watched(), 1U);
  host_.Delete();
  host_.Pass(seconds(60));
  EXPECT_EQ(host_.watched(), 0U);
}

TEST_F(PullSecretsOfPods, AnImageThatIsThereIsForPodsWithoutThem) {
  WriteSecret("keys", "reader", "right");
  host_.Apply(Wanted({"keys"}));
  host_.Settle();
  host_.Apply(Wanted({}), "kubia-1");
  host_.Settle();
  EXPECT_EQ(host_.Running("kubia-1"), "main#0");
  EXPECT_EQ(Pulls().size(), 1U);
}

TEST_F(PullSecretsOfPods, AnImageNameThatIsCorrectedEndsTheBackoff) {
  host_.runtime.AddRemoteImage("right:1");
  Json spec = Wanted({});
  spec["containers"][0]["image"] = "wrong:1";
  host_.Apply(spec);
  host_.Pass(seconds(60));
  ASSERT_EQ(host_.Waiting(), "ImagePullBackOff");
  std::function<bool(Json&)> correct = [](Json& body) {
    body["spec"]["containers"][0]["image"] = "right:1";
    return true;
  };
  ASSERT_TRUE(RunTask(host_.io, host_.client.Modify({"Pod", "default", "kubia-0"}, std::move(correct))).ok());
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#0");
}

}  // namespace
}  // namespace ordinal::podsync

// The file of --authentication-config: what it says, and every fault by its field.
#include "agent/apiserver/auth/oidc/settings.h"

#include <gtest/gtest.h>

#include "agent/api/object.h"
#include "agent/apiserver/auth/certificates.h"

namespace ordinal::apiserver::auth::oidc {
namespace {

constexpr char kOwn[] = "https://kubernetes.default.svc.cluster.local";

std::string Head(const std::string& version = "v1") {
  return "apiVersion: apiserver.config.k8s.io/" + version + "\nkind: AuthenticationConfiguration\n";
}

std::string Authority() {
  static const std::string kPem = [] {
    SeededRandom random(1);
    return MakeCa({"ca", {}}, {WallTime(std::chrono::hours(24 * 365 * 50)), std::chrono::hours(1)}, random)
        ->certificate;
  }();
  return kPem;
}

/// `text` with every line behind "        ".
std::string Indented(const std::string& text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at) + 1;
    out += "        " + text.substr(at, end - at);
    at = end;
  }
  return out;
}

TEST(SettingsTest, EverythingThatIsSaid) {
  const std::string text = Head("v1beta1") + R"(
jwt:
- issuer:
    url: https://issuer.example/realm
    discoveryURL: https://inside.example:8443/.well-known/openid-configuration
    audiences: [kubernetes, other]
    audienceMatchPolicy: MatchAny
    certificateAuthority: |
)" + Indented(Authority()) +
                           R"(
  claimValidationRules:
  - {claim: hd, requiredValue: example.com}
  - {claim: empty}
  claimMappings:
    username: {claim: email, prefix: "oidc:"}
    groups: {claim: roles, prefix: ""}
    uid: {claim: sub}
- issuer: {url: "https://[::1]:8443", audiences: [a]}
  claimMappings: {username: {claim: sub, prefix: ""}}
anonymous:
  enabled: true
  conditions: [{path: /livez}, {path: /readyz}]
)";
  const auto settings = ParseSettings(text, kOwn);
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  ASSERT_EQ(settings->issuers.size(), 2u);
  const JwtIssuer& issuer = settings->issuers.front();
  EXPECT_EQ(issuer.url, "https://issuer.example/realm");
  EXPECT_EQ(issuer.discovery_url, "https://inside.example:8443/.well-known/openid-configuration");
  EXPECT_EQ(issuer.certificate_authority, Authority());
  EXPECT_EQ(issuer.audiences, (std::vector<std::string>{"kubernetes", "other"}));
  const std::vector<std::pair<std::string, std::string>> required = {{"hd", "example.com"}, {"empty", ""}};
  EXPECT_EQ(issuer.required_claims, required);
  EXPECT_EQ(issuer.username, (ClaimMapping{"email", "oidc:"}));
  EXPECT_EQ(issuer.groups, (ClaimMapping{"roles", ""}));
  EXPECT_EQ(issuer.uid_claim, "sub");
  EXPECT_EQ(settings->anonymous, (Anonymous{true, {"/livez", "/readyz"}}));
}

TEST(SettingsTest, WhoMayComeWithoutACredential) {
  EXPECT_EQ(ParseSettings(Head(), kOwn)->anonymous, Anonymous());
  EXPECT_EQ(ParseSettings(Head() + "anonymous: {enabled: true}", kOwn)->anonymous, Anonymous());
  EXPECT_FALSE(ParseSettings(Head() + "anonymous: {enabled: false}", kOwn)->anonymous.enabled);
  EXPECT_FALSE(ParseSettings(Head() + "anonymous: {}", kOwn)->anonymous.enabled);
}

TEST(SettingsTest, WhatIsNoSuchFile) {
  const struct {
    std::string text;
    const char* said;
  } cases[] = {
      {"", "it has 0 documents; write one AuthenticationConfiguration"},
      {Head() + "---\n" + Head(), "it has 2 documents; write one AuthenticationConfiguration"},
      {"kind: Pod\napiVersion: v1\n", "kind: \"Pod\" is not AuthenticationConfiguration"},
      {Head("v1alpha1"),
       "apiVersion: apiserver.config.k8s.io/v1alpha1 is not supported; write apiserver.config.k8s.io/v1, which has the "
       "same fields"},
      {Head("v2"),
       "apiVersion: \"apiserver.config.k8s.io/v2\" is none of apiserver.config.k8s.io/v1 and "
       "apiserver.config.k8s.io/v1beta1"},
      {Head() + "a: [", "line 3"},
      {Head() + "# " + std::string(1024 * 1024, 'x'), "it has more than 1048576 bytes"},
  };
  for (const auto& one : cases) {
    const auto settings = ParseSettings(one.text, kOwn);
    ASSERT_FALSE(settings.ok()) << one.said;
    EXPECT_EQ(settings.error().code, ErrorCode::kInvalid);
    EXPECT_NE(settings.error().message.find(one.said), std::string::npos) << settings.error().message;
  }
}

constexpr char kCel[] = "expressions of CEL are not evaluated here";

struct Fault {
  const char* path;   ///< JSON pointer of what is replaced in a good document, or added
  const char* value;  ///< JSON; null: it is taken out
  std::string said;
};

class Faulty : public ::testing::TestWithParam<Fault> {};

TEST_P(Faulty, IsNamedByItsField) {
  api::Json body = api::Json::parse(R"({"apiVersion":"apiserver.config.k8s.io/v1","kind":"AuthenticationConfiguration",
    "jwt":[{"issuer":{"url":"https://a.example","audiences":["k8s"]},
            "claimMappings":{"username":{"claim":"sub","prefix":"a:"}}},
           {"issuer":{"url":"https://b.example","discoveryURL":"https://c.example/d","audiences":["k8s"]},
            "claimMappings":{"username":{"claim":"sub","prefix":"b:"}}}]})");
  ASSERT_TRUE(ParseSettings(body.dump(), kOwn).ok()) << ParseSettings(body.dump(), kOwn).error().message;
  const api::Json::json_pointer at(GetParam().path);
  if (GetParam().value == nullptr) {
    body[at.parent_pointer()].erase(at.back());
  } else {
    body[at] = api::Json::parse(GetParam().value);
  }
  const auto settings = ParseSettings(body.dump(), kOwn);
  ASSERT_FALSE(settings.ok()) << body;
  EXPECT_EQ(settings.error().message.find(GetParam().said), 0u) << settings.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Issuers, Faulty,
    ::testing::Values(
        Fault{"/jwt/0/issuer/url", nullptr, "jwt[0].issuer.url: is required"},
        Fault{"/jwt/0/issuer/url", R"("http://a.example")",
              "jwt[0].issuer.url: Invalid value: \"http://a.example\": URL scheme must be https"},
        Fault{
            "/jwt/0/issuer/url", R"("https://u:p@a.example")",
            "jwt[0].issuer.url: Invalid value: \"https://u:p@a.example\": URL must not contain a username or password"},
        Fault{"/jwt/0/issuer/url", R"("https://a.example/?q=1")",
              "jwt[0].issuer.url: Invalid value: \"https://a.example/?q=1\": URL must not contain a query"},
        Fault{"/jwt/0/issuer/url", R"("https://a.example/#f")",
              "jwt[0].issuer.url: Invalid value: \"https://a.example/#f\": URL must not contain a fragment"},
        Fault{"/jwt/0/issuer/url", R"("https://a.example/a b")", "jwt[0].issuer.url: Invalid value"},
        Fault{"/jwt/0/issuer/url", R"("https://a.example:99999")", "jwt[0].issuer.url: Invalid value"},
        Fault{"/jwt/0/issuer/url", R"("https://kubernetes.default.svc.cluster.local")",
              "jwt[0].issuer.url: Invalid value: \"https://kubernetes.default.svc.cluster.local\": is the issuer of "
              "service account tokens"},
        Fault{"/jwt/1/issuer/url", R"("https://a.example")", "jwt[1].issuer.url: \"https://a.example\" is there twice"},
        Fault{"/jwt/0/issuer/discoveryURL", R"("https://c.example/d")",
              "jwt[1].issuer.discoveryURL: \"https://c.example/d\" is there twice"},
        Fault{"/jwt/0/issuer/discoveryURL", R"("https://a.example/")",
              "jwt[0].issuer.discoveryURL: Invalid value: \"https://a.example/\": discoveryURL must be different from "
              "URL"},
        Fault{"/jwt/0/issuer/discoveryURL", R"("http://d")", "jwt[0].issuer.discoveryURL: Invalid value"},
        Fault{"/jwt/0/issuer/audiences", "[]", "jwt[0].issuer.audiences: at least one audience is required"},
        Fault{"/jwt/0/issuer/audiences", R"([""])", "jwt[0].issuer.audiences[0]: is required"},
        Fault{"/jwt/0/issuer/audiences", R"(["a","b"])",
              "jwt[0].issuer.audienceMatchPolicy: Invalid value: \"\": audienceMatchPolicy must be MatchAny for "
              "multiple audiences"},
        Fault{"/jwt/0/issuer/audienceMatchPolicy", R"("MatchAll")",
              "jwt[0].issuer.audienceMatchPolicy: Invalid value: \"MatchAll\""},
        Fault{"/jwt/0/issuer/certificateAuthority", R"("x")",
              "jwt[0].issuer.certificateAuthority: Invalid value: \"<omitted>\": holds no certificates"},
        Fault{"/jwt/0/issuer/egressSelectorType", R"("cluster")", "jwt[0].issuer.egressSelectorType: "},
        Fault{"/jwt/0/issuer/caFile", R"("x")", "jwt[0].issuer.caFile: "},
        Fault{"/jwt/0/issuer/url", "7", "jwt[0].issuer.url: "}, Fault{"/jwt", "{}", "jwt: "}));

INSTANTIATE_TEST_SUITE_P(
    Claims, Faulty,
    ::testing::Values(
        Fault{"/jwt/0/claimMappings", nullptr, "jwt[0].claimMappings.username: claim or expression is required"},
        Fault{"/jwt/0/claimMappings/username/prefix", nullptr,
              "jwt[0].claimMappings.username.prefix: prefix is required when claim is set"},
        Fault{"/jwt/0/claimMappings/groups", R"({"claim":"g"})", "jwt[0].claimMappings.groups.prefix: prefix is"},
        Fault{"/jwt/0/claimMappings/username", R"({"expression":"claims.sub"})",
              std::string("jwt[0].claimMappings.username.expression: ") + kCel},
        Fault{"/jwt/0/claimMappings/groups", R"({"expression":"claims.g"})",
              std::string("jwt[0].claimMappings.groups.expression: ") + kCel},
        Fault{"/jwt/0/claimMappings/uid", R"({"expression":"claims.g"})",
              std::string("jwt[0].claimMappings.uid.expression: ") + kCel},
        Fault{"/jwt/0/claimMappings/extra", R"([{"key":"a.example/k","valueExpression":"claims.g"}])",
              std::string("jwt[0].claimMappings.extra[0].valueExpression: ") + kCel},
        Fault{"/jwt/0/claimValidationRules", R"([{"expression":"true"}])",
              std::string("jwt[0].claimValidationRules[0].expression: ") + kCel},
        Fault{"/jwt/0/claimValidationRules", R"([{"requiredValue":"x"}])",
              "jwt[0].claimValidationRules[0]: claim or expression is required"},
        Fault{"/jwt/0/claimValidationRules", R"([{"claim":"a"},{"claim":"a"}])",
              "jwt[0].claimValidationRules[1].claim: \"a\" is there twice"},
        Fault{"/jwt/0/claimValidationRules", R"([{"claim":"a","message":"m"}])",
              "jwt[0].claimValidationRules[0].message: "},
        Fault{"/jwt/1/userValidationRules", R"([{"expression":"true"}])",
              std::string("jwt[1].userValidationRules[0].expression: ") + kCel},
        Fault{"/anonymous", R"({"enabled":false,"conditions":[{"path":"/livez"}]})",
              "anonymous.conditions: enabled should be set to true when conditions are defined"},
        Fault{"/anonymous", R"({"enabled":true,"conditions":[{"path":"livez"}]})", "anonymous.conditions[0].path: "},
        Fault{"/anonymous", R"({"enabled":true,"conditions":[{}]})", "anonymous.conditions[0].path: is required"}));

TEST(SettingsTest, ManyFaultsAreCounted) {
  std::string text = Head() + "jwt:\n";
  for (int i = 0; i < 70; ++i) text += "- {}\n";
  const auto settings = ParseSettings(text, kOwn);
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.error().message.find("jwt: has 70 items; at most 64 are allowed; jwt[0].issuer.url: is required"),
            0u)
      << settings.error().message;
  EXPECT_TRUE(settings.error().message.ends_with(" more")) << settings.error().message;
}

}  // namespace
}  // namespace ordinal::apiserver::auth::oidc

// Whom claims name, and when they count.
#include "agent/apiserver/auth/oidc/identity.h"

#include <gtest/gtest.h>

namespace ordinal::apiserver::auth::oidc {
namespace {

using api::Json;
using Strings = std::vector<std::string>;

constexpr int64_t kNow = 1'750'000'000;

JwtIssuer Issuer() {
  JwtIssuer issuer;
  issuer.url = "https://issuer.example";
  issuer.audiences = {"kubernetes", "other"};
  issuer.username = {"sub", "oidc:"};
  issuer.groups = {"groups", "g:"};
  return issuer;
}

Status Checked(const Json& changes) {
  Json claims = {{"aud", "kubernetes"}, {"exp", kNow + 60}};
  claims.merge_patch(changes);
  return CheckClaims(Issuer(), claims, WallTime(std::chrono::seconds(kNow)));
}

TEST(IdentityTest, AudiencesAndTimes) {
  const struct {
    Json changes;
    bool good;
  } cases[] = {
      {Json::object(), true},
      {{{"aud", {"x", "other"}}}, true},
      {{{"aud", {"x"}}}, false},
      {{{"aud", "kube"}}, false},
      {{{"aud", nullptr}}, false},
      {{{"aud", Json::array()}}, false},
      {{{"aud", {{"kubernetes", true}}}}, false},
      {{{"aud", {"kubernetes", 7}}}, false},
      {{{"exp", kNow}}, true},
      {{{"exp", kNow - 1}}, false},
      {{{"exp", nullptr}}, false},
      {{{"exp", "9999999999"}}, false},
      {{{"exp", kNow + 0.5}}, true},
      {{{"exp", 1e300}}, true},
      {{{"exp", -1}}, false},
      {{{"nbf", kNow + 300}}, true},
      {{{"nbf", kNow + 301}}, false},
      {{{"nbf", "soon"}}, false},
      {{{"iat", kNow + 9000}}, true},
      {{{"iat", {1}}}, false},
  };
  for (const auto& one : cases) EXPECT_EQ(Checked(one.changes).ok(), one.good) << one.changes;
  EXPECT_EQ(Checked({{"exp", kNow - 1}}).error().message, "the token's time is over (claim \"exp\")");
}

TEST(IdentityTest, UserAndGroupsWithTheirPrefixes) {
  const auto user = UserOf(Issuer(), {{"sub", "ada"}, {"groups", {"dev", "ops"}}, {"uid", "7"}});
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(user->name, "oidc:ada");
  EXPECT_EQ(user->groups, (Strings{"g:dev", "g:ops"}));
  EXPECT_EQ(user->uid, "");
  EXPECT_EQ(UserOf(Issuer(), {{"sub", "ada"}, {"groups", "dev"}})->groups, Strings{"g:dev"});
  EXPECT_EQ(UserOf(Issuer(), {{"sub", "ada"}})->groups, Strings());
  EXPECT_EQ(UserOf(Issuer(), {{"sub", "ada"}, {"groups", nullptr}})->groups, Strings());
  JwtIssuer bare = Issuer();
  bare.groups = {};
  EXPECT_EQ(UserOf(bare, {{"sub", "ada"}, {"groups", {"dev"}}, {"", "x"}})->groups, Strings());
  bare.uid_claim = "uid";
  EXPECT_EQ(UserOf(bare, {{"sub", "ada"}, {"uid", "7"}})->uid, "7");
  EXPECT_FALSE(UserOf(bare, {{"sub", "ada"}}).ok());
}

TEST(IdentityTest, ClaimsOfAnotherForm) {
  const Json wrong[] = {Json::object(),
                        {{"sub", 7}},
                        {{"sub", {"ada"}}},
                        {{"sub", nullptr}},
                        {{"sub", true}},
                        {{"sub", "ada"}, {"groups", 7}},
                        {{"sub", "ada"}, {"groups", {"dev", 7}}},
                        {{"sub", "ada"}, {"groups", {{"dev", true}}}}};
  for (const Json& claims : wrong) EXPECT_FALSE(UserOf(Issuer(), claims).ok()) << claims;
  JwtIssuer bare = Issuer();
  bare.username.prefix = "";
  EXPECT_FALSE(UserOf(bare, {{"sub", ""}}).ok()) << "nobody has no name";
  EXPECT_EQ(UserOf(bare, {{"sub", "ada"}})->name, "ada");
}

TEST(IdentityTest, AnAddressThatIsNotVerifiedIsNobody) {
  JwtIssuer issuer = Issuer();
  issuer.username = {"email", ""};
  const auto good = [&issuer](const Json& more) {
    Json claims = {{"email", "ada@example.com"}};
    claims.update(more);
    return UserOf(issuer, claims).ok();
  };
  EXPECT_TRUE(good(Json::object()));
  EXPECT_TRUE(good({{"email_verified", true}}));
  EXPECT_FALSE(good({{"email_verified", false}}));
  EXPECT_FALSE(good({{"email_verified", "true"}}));
  EXPECT_FALSE(good({{"email_verified", nullptr}}));
  EXPECT_TRUE(UserOf(Issuer(), {{"sub", "ada"}, {"email_verified", false}}).ok())
      << "it is not the address that counts";
}

TEST(IdentityTest, RequiredValues) {
  JwtIssuer issuer = Issuer();
  issuer.required_claims = {{"hd", "example.com"}};
  const auto good = [&issuer](const Json& value) { return UserOf(issuer, {{"sub", "ada"}, {"hd", value}}).ok(); };
  EXPECT_TRUE(good("example.com"));
  EXPECT_FALSE(good("example.org"));
  EXPECT_FALSE(good(nullptr));
  EXPECT_FALSE(good({"example.com"}));
  EXPECT_FALSE(good(true));
}

TEST(IdentityTest, AnOldNameOfAnIssuer) {
  EXPECT_EQ(IssuerOf({{"iss", "accounts.google.com"}}), "https://accounts.google.com");
  EXPECT_EQ(IssuerOf({{"iss", "https://issuer.example"}}), "https://issuer.example");
  EXPECT_EQ(IssuerOf({{"iss", 7}}), "");
}

}  // namespace
}  // namespace ordinal::apiserver::auth::oidc

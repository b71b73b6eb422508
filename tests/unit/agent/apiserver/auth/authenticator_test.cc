#include "agent/apiserver/auth/authenticator.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "agent/apiserver/auth/reviews.h"
#include "agent/apiserver/auth/users.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/token_keys.h"

namespace ordinal::apiserver::auth {
namespace {

class AuthenticatorTest : public ::testing::Test {
 protected:
  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  Authenticator authenticator_{{{"secret-1", "kubernetes-admin", {"system:masters"}}, {"secret-2", "eve", {"ops"}}},
                               clock_};
};

TEST_F(AuthenticatorTest, TellsUsersApart) {
  struct Case {
    const char *token, *name;  ///< no name: refused
    std::vector<std::string> groups = {};
  };
  const Case cases[] = {
      {"", "system:anonymous", {"system:unauthenticated"}},
      {"secret-1", "kubernetes-admin", {"system:masters", "system:authenticated"}},
      {"secret-2", "eve", {"ops", "system:authenticated"}},
      {"secret-3", nullptr},
      {"secret-", nullptr},
      {"secret-11", nullptr},
      {" ", nullptr},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.token);
    const auto user = authenticator_({.bearer = one.token});
    ASSERT_EQ(user.ok(), one.name != nullptr);
    if (!user) continue;
    EXPECT_EQ(user->name, one.name);
    EXPECT_EQ(user->groups, one.groups);
    EXPECT_FALSE(user->writes) << "its rights are another's affair";
  }
}

TEST_F(AuthenticatorTest, TakesNameAndGroupsOfACertificate) {
  const http::ClientCertificate node{"system:node:n1", {"system:nodes"}, clock_.Now() + std::chrono::hours(1)};
  const auto user = authenticator_({.certificate = &node, .bearer = "a token beside it"});
  ASSERT_TRUE(user);
  EXPECT_EQ(user->name, "system:node:n1");
  EXPECT_TRUE(IsNode(*user));
  EXPECT_EQ(NodeOf(*user), "n1");
  clock_.Advance(std::chrono::hours(2));
  EXPECT_FALSE(authenticator_({.certificate = &node}));
  const http::ClientCertificate nameless{"", {"system:masters"}, clock_.Now() + std::chrono::hours(1)};
  EXPECT_FALSE(authenticator_({.certificate = &nameless}));
}

TEST_F(AuthenticatorTest, TakesAProcessOfRootsOrOfItsOwnUserForTheAdministrator) {
  const auto own = authenticator_({.peer = geteuid()});
  ASSERT_TRUE(own);
  EXPECT_EQ(own->name, "kubernetes-admin");
  EXPECT_EQ(own->groups, (std::vector<std::string>{"system:masters", "system:authenticated"}));
  EXPECT_TRUE(IsMaster(*own));
  EXPECT_EQ(authenticator_({.peer = 0})->name, "kubernetes-admin");
  EXPECT_FALSE(authenticator_({.peer = 54321}));
  EXPECT_EQ(authenticator_({.peer = 0, .bearer = "secret-2"})->name, "eve");
  EXPECT_FALSE(authenticator_({.peer = 0, .bearer = "secret-3"}));
}

TEST(Tokens, AreLines) {
  const auto tokens = ParseTokens("# who\nt1,alice,ops,dev\n\nt2,bob,x");
  ASSERT_TRUE(tokens.ok());
  ASSERT_EQ(tokens->size(), 2u);
  EXPECT_EQ((*tokens)[0].groups, (std::vector<std::string>{"ops", "dev"}));
  EXPECT_EQ((*tokens)[1].token, "t2");
  for (const char* wrong : {"secret", "secret,alice", "secret,,g", ",alice,g", "a,b,c\nsecret,alice,"}) {
    const auto refused = ParseTokens(wrong);
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
  }
}

class ServiceAccountTokens : public ::testing::Test {
 protected:
  ServiceAccountTokens() {
    issuer_.subjects().Put("account-1", std::nullopt);
    issuer_.subjects().Put("pod-1", std::nullopt);
    issuer_.subjects().Complete();
  }
  std::string Token(std::vector<std::string> audiences = {}) {
    tokens::Claims claims;
    claims.ns = "prod";
    claims.account = {"db", "account-1"};
    claims.pod = {"db-0", "pod-1"};
    claims.audiences = std::move(audiences);
    return issuer_.Issue(claims, 3600)->text;
  }
  api::Json Review(const std::string& token, api::Json audiences = api::Json::array()) {
    return (*ReviewToken(authenticator_, {{"spec", {{"token", token}, {"audiences", audiences}}}}))["status"];
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  tokens::Issuer issuer_{"https://api", fakes::TokenKeys(clock_.Now()), clock_, random_};
  Authenticator authenticator_{{{"static", "eve", {"ops"}}}, clock_, &issuer_};
};

TEST_F(ServiceAccountTokens, AreTheirAccounts) {
  const std::string token = Token();
  const auto user = authenticator_({.bearer = token});
  ASSERT_TRUE(user);
  EXPECT_EQ(user->name, "system:serviceaccount:prod:db");
  EXPECT_EQ(user->groups, (std::vector<std::string>{"system:serviceaccounts", "system:serviceaccounts:prod",
                                                    "system:authenticated"}));
  EXPECT_EQ(user->uid, "account-1");
  EXPECT_FALSE(user->writes);
  EXPECT_FALSE(authenticator_({.bearer = token + "x"}));
  const std::string vault = Token({"vault"});
  EXPECT_FALSE(authenticator_({.bearer = vault}));
  issuer_.subjects().Remove("pod-1");
  EXPECT_FALSE(authenticator_({.bearer = token}));
}

TEST_F(ServiceAccountTokens, CannotBeToldBeforeItIsKnownWhichAccountsThereAreAndNobodyWaitsForThat) {
  tokens::Issuer starting{"https://api", fakes::TokenKeys(clock_.Now()), clock_, random_};
  const Authenticator authenticator{{{"static", "eve", {"ops"}}}, clock_, &starting};
  const std::string token = Token();
  const auto early = authenticator({.bearer = token});
  ASSERT_FALSE(early.ok());
  EXPECT_EQ(early.error().code, ErrorCode::kUnavailable);
  const auto forged = authenticator({.bearer = token + "x"});
  ASSERT_FALSE(forged.ok());
  EXPECT_EQ(forged.error().code, ErrorCode::kPermissionDenied);
  EXPECT_TRUE(authenticator({.bearer = "static"}));
  starting.subjects().Put("account-1", std::nullopt);
  starting.subjects().Put("pod-1", std::nullopt);
  starting.subjects().Complete();
  EXPECT_TRUE(authenticator({.bearer = token}));
}

TEST_F(ServiceAccountTokens, AreReviewed) {
  const api::Json good = Review(Token());
  EXPECT_EQ(good["authenticated"], true);
  EXPECT_EQ(good["audiences"], api::Json::array({"https://api"}));
  EXPECT_EQ(good["user"]["extra"]["authentication.kubernetes.io/pod-name"], api::Json::array({"db-0"}));
  EXPECT_EQ(Review(Token({"vault", "mail"}), {"mail", "other"})["audiences"], api::Json::array({"mail"}));
  const api::Json bad = Review(Token({"vault"}));
  EXPECT_FALSE(bad.contains("authenticated"));
  EXPECT_EQ(bad["error"], "the token is for another audience");
  EXPECT_EQ(Review("nonsense")["error"], "invalid bearer token");
  EXPECT_EQ(Review("static")["user"]["username"], "eve");
  EXPECT_FALSE(Review("static", {"vault"}).contains("authenticated"));
  EXPECT_FALSE(ReviewToken(authenticator_, api::Json::object()).ok());
  EXPECT_FALSE(ReviewToken(authenticator_, {{"spec", {{"token", 7}}}}).ok());
}

}  // namespace
}  // namespace ordinal::apiserver::auth

#include "agent/tokens/issuer.h"

#include <gmock/gmock.h>

#include "agent/tokens/keys.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/token_keys.h"

namespace ordinal::tokens {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr char kApi[] = "https://kubernetes.default.svc.cluster.local";

class IssuerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    issuer_.subjects().Put("account-1", std::nullopt);
    issuer_.subjects().Put("pod-1", std::nullopt);
    issuer_.subjects().Complete();
  }
  static Claims Builder() {
    Claims claims;
    claims.ns = "default";
    claims.account = {"builder", "account-1"};
    claims.pod = {"db-0", "pod-1"};
    claims.node = {"node-a", "node-1"};
    return claims;
  }
  std::string Token(const Claims& claims = Builder(), int64_t life = 3600) { return issuer_.Issue(claims, life)->text; }
  /// Empty: the token counts.
  std::string WhyNot(const std::string& token, const std::vector<std::string>& audiences = {}) {
    const auto checked = issuer_.Check(token, audiences);
    return checked.ok() ? std::string() : checked.error().message;
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  Issuer issuer_{kApi, fakes::TokenKeys(clock_.Now()), clock_, random_};
};

TEST_F(IssuerTest, ATokenSaysWhoseItIs) {
  const auto claims = issuer_.Check(Token(), {});
  ASSERT_TRUE(claims.ok()) << claims.error().message;
  EXPECT_EQ(claims->Subject(), "system:serviceaccount:default:builder");
  EXPECT_EQ(claims->pod, (Named{"db-0", "pod-1"}));
  EXPECT_EQ(claims->node, (Named{"node-a", "node-1"}));
  EXPECT_EQ(claims->audiences, std::vector<std::string>{kApi});
  EXPECT_EQ(claims->issuer, kApi);
  EXPECT_NE(claims->id, issuer_.Check(Token(), {})->id) << "each has its own";
}

TEST_F(IssuerTest, OthersVerifyTokensByThePublicKeys) {
  const std::string before = Token();
  std::vector<SigningKey> keys = fakes::TokenKeys(clock_.Now());
  keys.insert(keys.begin(), *ReadSigningKey(*MakePrivateKey(), clock_.Now()));
  const auto verified = [this](const std::string& token) {
    const auto published = issuer_.PublicKeys();
    const auto read = ParseKeySet(published.ok() ? published->dump() : published.error().message);
    const auto parts = TakeApart(token);
    return read.ok() && parts.ok() && SignedByOne(*parts, *read);
  };
  EXPECT_TRUE(verified(before));
  const api::Json published = *issuer_.PublicKeys();
  EXPECT_EQ(published["keys"].size(), 1U);
  EXPECT_FALSE(published["keys"][0].contains("d")) << "the private half stays here";
  issuer_.Use(keys);
  EXPECT_EQ((*issuer_.PublicKeys())["keys"].size(), 2U) << "older ones are among them";
  EXPECT_TRUE(verified(Token()) && verified(before));
}

TEST_F(IssuerTest, ATokenEnds) {
  const std::string token = Token(Builder(), 600);
  clock_.Advance(seconds(600));
  EXPECT_EQ(WhyNot(token), "") << "clocks differ by a minute";
  clock_.Advance(seconds(60));
  EXPECT_THAT(WhyNot(token), HasSubstr("has expired"));
}

TEST_F(IssuerTest, NoTokenIsMadeThatWouldNotBeRead) {
  Claims claims = Builder();
  claims.audiences = {std::string(20000, 'a')};
  const auto token = issuer_.Issue(claims, 600);
  ASSERT_FALSE(token.ok());
  EXPECT_EQ(token.error().code, ErrorCode::kInvalid);
}

TEST_F(IssuerTest, NoTokenLivesLongerThanAYear) {
  const auto token = issuer_.Issue(Builder(), int64_t{1} << 32);
  EXPECT_EQ(token->expires - token->issued, kLongestToken);
}

TEST_F(IssuerTest, ATokenIsForItsAudience) {
  Claims claims = Builder();
  claims.audiences = {"vault", "mail"};
  const std::string token = Token(claims);
  EXPECT_THAT(WhyNot(token), HasSubstr("another audience"));
  EXPECT_THAT(WhyNot(token, {"other"}), HasSubstr("another audience"));
  EXPECT_EQ(WhyNot(token, {"other", "mail"}), "");
}

TEST_F(IssuerTest, ATokenOutlivesNobodyItIsOf) {
  const std::string token = Token();
  issuer_.subjects().Remove("pod-1");
  EXPECT_THAT(WhyNot(token), HasSubstr("of a pod that is gone"));
  issuer_.subjects().Put("pod-2", std::nullopt);  // another one of that name
  EXPECT_THAT(WhyNot(token), HasSubstr("of a pod that is gone"));
  issuer_.subjects().Put("pod-1", std::nullopt);
  EXPECT_EQ(WhyNot(token), "");
  issuer_.subjects().Remove("account-1");
  EXPECT_THAT(WhyNot(token), HasSubstr("of a service account that is gone"));
}

TEST_F(IssuerTest, APodThatEndsHasItsTokenUntilItsGraceIsOver) {
  const std::string token = Token();
  issuer_.subjects().Put("pod-1", clock_.Now() + seconds(30));
  clock_.Advance(seconds(90));
  EXPECT_EQ(WhyNot(token), "");
  clock_.Advance(seconds(1));
  EXPECT_THAT(WhyNot(token), HasSubstr("of a pod that is gone"));
}

TEST_F(IssuerTest, NobodyIsTakenForGoneBeforeAllIsKnown) {
  Issuer fresh{kApi, fakes::TokenKeys(), clock_, random_};
  fresh.subjects().Put("account-1", std::nullopt);
  EXPECT_FALSE(fresh.subjects().complete());
  EXPECT_EQ(fresh.Check(Token(), {}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(fresh.Check(Token() + "x", {}).error().code, ErrorCode::kInvalid)
      << "what is not genuine waits for nothing";
}

TEST_F(IssuerTest, AnotherKeySignsAndOldTokensCount) {
  const std::string old = Token();
  const SigningKey next = *ReadSigningKey(*MakePrivateKey(), clock_.Now() + kKeySigns);
  std::vector<SigningKey> keys = fakes::TokenKeys(clock_.Now());
  keys.insert(keys.begin(), next);
  issuer_.Use(keys);
  EXPECT_EQ(WhyNot(old), "");
  EXPECT_EQ(WhyNot(Token()), "");
  issuer_.Use({next});
  EXPECT_THAT(WhyNot(old), HasSubstr("a key that nobody here has"));
}

TEST_F(IssuerTest, AClockThatIsSetBackEndsNoToken) {
  const std::string token = Token();
  EXPECT_EQ(WhyNot(token), "");
  Claims tomorrow = Builder();
  const api::Json claims = [&] {
    tomorrow.issuer = kApi;
    tomorrow.audiences = {kApi};
    tomorrow.id = "1";
    tomorrow.issued = clock_.Now() + hours(24);
    tomorrow.expires = tomorrow.issued + hours(1);
    return ToJson(tomorrow);
  }();
  EXPECT_THAT(WhyNot(*SignJwt(claims, fakes::TokenKeys().front())), HasSubstr("is not valid yet"));
}

TEST(Claims, AreThoseOfTheReference) {
  Claims claims;
  claims.issuer = "here";
  claims.audiences = {"api"};
  claims.id = "7";
  claims.ns = "default";
  claims.account = {"builder", "u-1"};
  claims.pod = {"db-0", "u-2"};
  claims.issued = WallTime(seconds(1000));
  claims.expires = WallTime(seconds(4607));
  EXPECT_EQ(ToJson(claims), api::Json::parse(R"json({"iss": "here", "sub": "system:serviceaccount:default:builder",
      "aud": ["api"], "jti": "7", "iat": 1000, "nbf": 1000, "exp": 4607,
      "kubernetes.io": {"namespace": "default", "serviceaccount": {"name": "builder", "uid": "u-1"},
                        "pod": {"name": "db-0", "uid": "u-2"}}})json"));
  EXPECT_EQ(ParseClaims(ToJson(claims))->Subject(), claims.Subject());
}

TEST(Claims, OfAnotherFormAreRefused) {
  Claims claims;
  claims.issuer = claims.id = claims.ns = "x";
  claims.audiences = {"x"};
  claims.account = {"x", "x"};
  const api::Json good = ToJson(claims);
  ASSERT_TRUE(ParseClaims(good).ok());
  const auto refused = [&](const char* pointer, api::Json value) {
    api::Json bad = good;
    bad[api::Json::json_pointer(pointer)] = std::move(value);
    EXPECT_FALSE(ParseClaims(bad).ok()) << bad;
  };
  refused("/exp", "1");
  refused("/exp", -1);
  refused("/exp", uint64_t{1} << 63);
  refused("/nbf", 1e300);
  refused("/aud", api::Json::array());
  refused("/aud", 1);
  refused("/sub", "system:serviceaccount:kube-system:admin");
  refused("/kubernetes.io", nullptr);
  refused("/kubernetes.io/serviceaccount", api::Json{{"name", "x"}});
  refused("/kubernetes.io/pod", api::Json{{"name", "x"}});
  refused("/iss", 1);
  EXPECT_FALSE(ParseClaims(api::Json::array()).ok());
}

}  // namespace
}  // namespace ordinal::tokens

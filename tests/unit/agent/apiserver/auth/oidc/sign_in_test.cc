// Tokens of issuers as their keys come, change and fail to come.
#include "agent/apiserver/auth/oidc/sign_in.h"

#include <gtest/gtest.h>

#include <map>
#include <new>
#include <optional>
#include <utility>

#include "agent/apiserver/auth/authenticator.h"
#include "agent/apiserver/auth/reviews.h"
#include "agent/base/loops.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/foreign_key.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/token_keys.h"

namespace ordinal::apiserver::auth::oidc {
namespace {

using api::Json;
using fakes::ForeignKey;
using std::chrono::seconds;

constexpr char kUrl[] = "https://issuer.example";
constexpr char kDiscovery[] = "https://issuer.example/.well-known/openid-configuration";
constexpr char kKeys[] = "https://keys.example/jwks";

/// Documents by their addresses; one that is held answers when it is let go.
class Web {
 public:
  explicit Web(asio::io_context& io) : io_(io) {}

  FetchDocument Fetch() {
    return [this](http::HttpsUrl url, http::Trust) { return Get("https://" + url.authority + url.target); };
  }
  Task<Result<std::string>> Get(std::string url) {
    ++asked[url];
    while (held) {
      auto let = std::make_shared<Signal>(io_.get_executor());
      waiting.push_back(let);
      co_await let->Wait();
    }
    if (std::exchange(throws, false)) throw std::bad_alloc();
    const auto found = documents.find(url);
    if (found == documents.end()) co_return MakeError(ErrorCode::kUnavailable, "connect: Connection refused");
    co_return found->second;
  }
  void LetGo() {
    held = false;
    for (const auto& let : waiting) let->Notify();
    waiting.clear();
  }

  std::map<std::string, std::string> documents;
  std::map<std::string, int> asked;
  bool held = false;
  bool throws = false;  ///< once
  std::vector<std::shared_ptr<Signal>> waiting;

 private:
  asio::io_context& io_;
};

class SignInTest : public ::testing::Test {
 protected:
  SignInTest() {
    web_.documents[kDiscovery] = Json{{"issuer", kUrl}, {"jwks_uri", kKeys}}.dump();
    web_.documents[kKeys] = fakes::KeySetOf(old_);
    issuer_.url = kUrl;
    issuer_.audiences = {"kubernetes"};
    issuer_.username = {"sub", "oidc:"};
    issuer_.groups = {"groups", "oidc:"};
  }
  ~SignInTest() override {
    sign_in_.Stop();
    web_.LetGo();
    RunReady(io_);
  }
  void Use(const Settings& settings) {
    sign_in_.Use(settings);
    RunReady(io_);
  }
  void Use() { Use(Settings{{issuer_}, {}}); }

  std::string Token(const ForeignKey& key, const Json& changes = Json::object()) {
    Json claims = {{"iss", kUrl},
                   {"aud", "kubernetes"},
                   {"sub", "ada"},
                   {"groups", {"dev"}},
                   {"exp", std::chrono::floor<seconds>(clock_.Now()).time_since_epoch().count() + 36000}};
    claims.merge_patch(changes);
    return key.Token(claims);
  }
  std::optional<ErrorCode> Refused(const std::string& token) {
    const auto user = sign_in_.Check(token);
    return user.ok() ? std::nullopt : std::optional(user.error().code);
  }
  bool Counts(const std::string& token) { return sign_in_.Check(token).ok(); }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  const ForeignKey old_{"ES256", "old"}, fresh_{"RS256", "fresh"};
  Web web_{io_};
  JwtIssuer issuer_;
  SignIn sign_in_{io_.get_executor(), clock_, web_.Fetch()};
};

TEST_F(SignInTest, WhoShowsATokenOfAnIssuer) {
  EXPECT_EQ(Refused(Token(old_)), ErrorCode::kNotFound) << "nobody is configured";
  Use();
  const auto user = sign_in_.Check(Token(old_));
  ASSERT_TRUE(user.ok()) << user.error().message;
  EXPECT_EQ(user->name, "oidc:ada");
  EXPECT_EQ(user->groups, std::vector<std::string>{"oidc:dev"});
  EXPECT_EQ(Refused(Token(old_, {{"iss", "https://other.example"}})), ErrorCode::kNotFound);
  EXPECT_EQ(Refused(Token(old_, {{"iss", std::string(kUrl) + "/"}})), ErrorCode::kNotFound);
  EXPECT_EQ(Refused("a.b.c"), ErrorCode::kNotFound);
  EXPECT_EQ(Refused(Token(old_, {{"aud", "x"}})), ErrorCode::kInvalid);
  EXPECT_EQ(Refused(Token(old_, {{"exp", 1}})), ErrorCode::kInvalid);
  EXPECT_EQ(Refused(Token(old_, {{"sub", 7}})), ErrorCode::kInvalid);
  EXPECT_EQ(Refused(Token(old_, {{"pad", std::string(tokens::kLongestText, 'x')}})), ErrorCode::kNotFound);
  Use(Settings());
  EXPECT_EQ(Refused(Token(old_)), ErrorCode::kNotFound);
}

TEST_F(SignInTest, ANewKeyIsFetchedForWhoShowsATokenOfIt) {
  Use();
  clock_.Advance(seconds(10));
  web_.documents[kKeys] = fakes::KeySetOf(fresh_);
  web_.held = true;
  const std::string token = Token(fresh_);
  EXPECT_EQ(Refused(token), ErrorCode::kUnavailable);
  int settled = 0;
  EXPECT_TRUE(sign_in_.Await(token, [&settled] { ++settled; }));
  RunReady(io_);
  EXPECT_EQ(settled, 0);
  EXPECT_TRUE(Counts(Token(old_))) << "what is known counts meanwhile";
  web_.LetGo();
  RunReady(io_);
  EXPECT_EQ(settled, 1);
  EXPECT_TRUE(Counts(token));
  EXPECT_TRUE(sign_in_.Await(token, [&settled] { ++settled; })) << "it counts now";
  EXPECT_EQ(settled, 2);
  EXPECT_EQ(Refused(Token(old_)), ErrorCode::kInvalid) << "its key is gone, and that was just asked";
  EXPECT_EQ(web_.asked[kDiscovery], 1);
}

TEST_F(SignInTest, StrangersHaveKeysFetchedOnceInTenSeconds) {
  Use();
  EXPECT_EQ(web_.asked[kKeys], 1);
  const std::string token = Token(fresh_);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Refused(token), ErrorCode::kInvalid);
    EXPECT_FALSE(sign_in_.Await(token, [] { FAIL(); }));
    RunReady(io_);
  }
  EXPECT_EQ(web_.asked[kKeys], 1);
  clock_.Advance(seconds(10));
  for (int i = 0; i < 5; ++i) {
    Refused(token);
    RunReady(io_);
  }
  EXPECT_EQ(web_.asked[kKeys], 2);
}

TEST_F(SignInTest, NobodyWaitsForLong) {
  Use();
  clock_.Advance(seconds(10));
  web_.held = true;
  const std::string token = Token(fresh_);
  Refused(token);
  RunReady(io_);
  int settled = 0;
  EXPECT_TRUE(sign_in_.Await(token, [&settled] { ++settled; }));
  clock_.Advance(seconds(9));
  EXPECT_EQ(settled, 0);
  clock_.Advance(seconds(1));
  EXPECT_EQ(settled, 1);
  EXPECT_FALSE(sign_in_.Await(token, [&settled] { ++settled; })) << "it has waited enough";
  EXPECT_EQ(Refused(token), ErrorCode::kInvalid);
}

TEST_F(SignInTest, NobodyWaitsForAnIssuerThatIsNoneAnyMore) {
  Use();
  clock_.Advance(seconds(10));
  web_.held = true;
  const std::string token = Token(fresh_);
  EXPECT_EQ(Refused(token), ErrorCode::kUnavailable);
  int settled = 0;
  EXPECT_TRUE(sign_in_.Await(token, [&settled] { ++settled; }));
  Use(Settings());
  EXPECT_EQ(settled, 1);
  EXPECT_EQ(Refused(token), ErrorCode::kNotFound);
}

TEST_F(SignInTest, AnIssuerThatNeverAnsweredIsAskedAgain) {
  web_.documents.erase(kDiscovery);
  Use();
  EXPECT_EQ(Refused(Token(old_)), ErrorCode::kInvalid);
  EXPECT_FALSE(sign_in_.Await(Token(old_), [] { FAIL(); })) << "nobody waits for it";
  web_.documents[kDiscovery] = Json{{"issuer", "https://other.example"}, {"jwks_uri", kKeys}}.dump();
  clock_.Advance(seconds(10));
  EXPECT_EQ(web_.asked[kKeys], 0) << "it says that it is another";
  web_.documents[kDiscovery] = "<html>";
  clock_.Advance(seconds(10));
  web_.documents[kDiscovery] = Json{{"issuer", kUrl}, {"jwks_uri", "http://keys.example/jwks"}}.dump();
  clock_.Advance(seconds(10));
  EXPECT_EQ(Refused(Token(old_)), ErrorCode::kInvalid) << "keys come by https alone";
  web_.documents[kDiscovery] = Json{{"issuer", kUrl}, {"jwks_uri", kKeys}}.dump();
  clock_.Advance(seconds(10));
  EXPECT_TRUE(Counts(Token(old_)));
}

TEST_F(SignInTest, KeysStayWhileTheIssuerIsDownAndGoWhenItTakesThemBack) {
  Use();
  const auto documents = std::exchange(web_.documents, {});
  clock_.Advance(std::chrono::minutes(10));
  EXPECT_EQ(web_.asked[kKeys], 2);
  EXPECT_TRUE(Counts(Token(old_)));
  web_.documents = documents;
  web_.documents[kKeys] = fakes::KeySetOf(fresh_);
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_FALSE(Counts(Token(old_)));
  EXPECT_TRUE(Counts(Token(fresh_)));
}

TEST_F(SignInTest, AnExceptionEndsOneRoundOfFetching) {
  web_.throws = true;
  Use();
  EXPECT_FALSE(Counts(Token(old_)));
  clock_.Advance(kFirstLoopPause);
  EXPECT_TRUE(Counts(Token(old_)));
  clock_.Advance(seconds(10));
  web_.documents[kKeys] = fakes::KeySetOf(fresh_);
  web_.held = web_.throws = true;
  const std::string token = Token(fresh_);
  EXPECT_EQ(Refused(token), ErrorCode::kUnavailable);
  RunReady(io_);
  int settled = 0;
  EXPECT_TRUE(sign_in_.Await(token, [&settled] { ++settled; }));
  web_.LetGo();
  RunReady(io_);
  EXPECT_EQ(settled, 0) << "the next round is worth waiting for";
  clock_.Advance(kFirstLoopPause * 2);
  EXPECT_EQ(settled, 1);
  EXPECT_TRUE(Counts(token));
}

TEST_F(SignInTest, ADiscoveryDocumentElsewhere) {
  issuer_.discovery_url = "https://inside.example:8443/found";
  web_.documents["https://inside.example:8443/found"] = web_.documents[kDiscovery];
  web_.documents.erase(kDiscovery);
  Use();
  EXPECT_TRUE(Counts(Token(old_)));
}

TEST_F(SignInTest, AnIssuerThatStaysKeepsItsKeys) {
  Use();
  JwtIssuer other = issuer_;
  other.url = "https://other.example";
  Use(Settings{{other, issuer_}, {}});
  EXPECT_TRUE(Counts(Token(old_)));
  EXPECT_EQ(web_.asked[kKeys], 1);
  issuer_.audiences = {"other"};
  Use(Settings{{issuer_}, {}});
  EXPECT_FALSE(Counts(Token(old_)));
  EXPECT_TRUE(Counts(Token(old_, {{"aud", "other"}})));
  EXPECT_EQ(web_.asked[kKeys], 2);
}

/// Beside everybody else who comes.
class SignedIn : public SignInTest {
 protected:
  SignedIn() { accounts_.subjects().Complete(); }

  SeededRandom random_{1};
  tokens::Issuer accounts_{"https://api", fakes::TokenKeys(clock_.Now()), clock_, random_};
  Authenticator authenticator_{{{"static", "eve", {"ops"}}}, clock_, &accounts_, &sign_in_};
};

TEST_F(SignedIn, AreAmongTheAuthenticated) {
  Use();
  const std::string token = Token(old_);
  const auto user = authenticator_({.bearer = token});
  ASSERT_TRUE(user);
  EXPECT_EQ(user->name, "oidc:ada");
  EXPECT_EQ(user->groups, (std::vector<std::string>{"oidc:dev", "system:authenticated"}));
  const http::ClientCertificate certificate{"bob", {"ops"}, clock_.Now() + seconds(60)};
  EXPECT_EQ(authenticator_({.certificate = &certificate, .bearer = token})->name, "bob");
  EXPECT_EQ(authenticator_({.bearer = "static"})->name, "eve");
  const std::string strange = Token(fresh_);
  EXPECT_FALSE(authenticator_({.bearer = strange}));
}

TEST_F(SignedIn, AreReviewed) {
  Use();
  const auto review = [this](const std::string& token, const Json& audiences) {
    return ReviewToken(authenticator_, {{"spec", {{"token", token}, {"audiences", audiences}}}});
  };
  const Json good = (*review(Token(old_), Json::array()))["status"];
  EXPECT_EQ(good["authenticated"], true);
  EXPECT_EQ(good["user"]["username"], "oidc:ada");
  EXPECT_EQ(good["user"]["groups"], (Json{"oidc:dev", "system:authenticated"}));
  EXPECT_EQ(good["audiences"], Json{"https://api"});
  const Json foreign = (*review(Token(old_), {"vault"}))["status"];
  EXPECT_EQ(foreign["error"], "the token is for another audience");
  const Json late = (*review(Token(old_, {{"exp", 1}}), Json::array()))["status"];
  EXPECT_EQ(late["error"], "the token's time is over (claim \"exp\")");
  const Json strange = (*review(Token(old_, {{"iss", "https://other.example"}}), Json::array()))["status"];
  EXPECT_EQ(strange["error"], "the token is signed by a key that nobody here has");
  clock_.Advance(seconds(10));
  EXPECT_EQ(review(Token(fresh_), Json::array()).error().code, ErrorCode::kUnavailable)
      << "newer keys are on their way";
}

TEST_F(SignedIn, AndWhoComesWithoutACredential) {
  EXPECT_TRUE(authenticator_({.path = "/api"}));
  Use(Settings{{}, {false, {}}});
  EXPECT_FALSE(authenticator_({.path = "/livez"}));
  EXPECT_TRUE(authenticator_({.peer = 0, .path = "/api"})) << "a process of root's shows who it is";
  EXPECT_TRUE(authenticator_({.bearer = "static", .path = "/api"}));
  Use(Settings{{}, {true, {"/livez"}}});
  EXPECT_TRUE(authenticator_({.path = "/livez"}));
  for (const char* path : {"/livez/", "/livez/ping", "/api", "", "/LIVEZ"}) {
    EXPECT_FALSE(authenticator_({.path = path})) << path;
  }
}

}  // namespace
}  // namespace ordinal::apiserver::auth::oidc

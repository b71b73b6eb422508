// The tokens of pods: asked for at once, renewed in time, kept while they cannot be renewed.
#include "agent/references/account_tokens.h"

#include <gmock/gmock.h>

#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/distant_objects.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/token_keys.h"

namespace ordinal::references {
namespace {

using api::Json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AccountTokensTest : public ::testing::Test {
 protected:
  AccountTokensTest() {
    local_.SignWith(issuer_);
    tokens_->OnChange([this](const std::string& uid) { told_.push_back(uid); });
    issuer_.subjects().Complete();
  }
  void SetUp() override {
    Create(Json{{"kind", "ServiceAccount"}, {"apiVersion", "v1"}, {"metadata", {{"name", "db"}}}});
    user_.uid = Create(Json{
        {"kind", "Pod"},
        {"apiVersion", "v1"},
        {"metadata", {{"name", "db-0"}}},
        {"spec",
         {{"serviceAccountName", "db"}, {"containers", Json::array({Json{{"name", "main"}, {"image", "a:1"}}})}}}});
  }
  std::string Create(Json body) {
    body["metadata"]["namespace"] = "default";
    const auto made = RunTask(io_, local_.Create(std::move(body)));
    EXPECT_TRUE(made.ok()) << made.error().message;
    return made.ok() ? made->object.uid() : "";
  }
  void Use(const std::set<TokenWish>& wishes) {
    tokens_->Use(user_, wishes);
    RunReady(io_);
  }
  std::string Text(const TokenWish& wish = {}) const {
    const FoundToken found = tokens_->Find(user_.uid, wish);
    return found.text ? *found.text : "";
  }
  void Pass(Duration time) {
    clock_.Advance(time);
    RunReady(io_);
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  store::MemoryStore store_;
  objects::LocalObjects local_{store_, clock_, random_};
  fakes::DistantObjects objects_{local_};
  tokens::Issuer issuer_{"api", fakes::TokenKeys(clock_.Now()), clock_, random_};
  std::optional<AccountTokens> tokens_{std::in_place, objects_, clock_, random_, io_.get_executor()};
  TokenUser user_{"default", "db", "db-0", ""};
  std::vector<std::string> told_;
};

TEST_F(AccountTokensTest, AreThereSoonAndBoundToTheirPod) {
  EXPECT_TRUE(tokens_->Known(user_.uid)) << "it needs none";
  tokens_->Use(user_, {TokenWish{}, TokenWish{"vault", 600}});
  EXPECT_FALSE(tokens_->Known(user_.uid));
  RunReady(io_);
  EXPECT_TRUE(tokens_->Known(user_.uid));
  EXPECT_THAT(told_, Contains(user_.uid));
  const auto claims = tokens::ParseClaims(*tokens::CheckJwt(Text({"vault", 600}), fakes::TokenKeys()));
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->pod.uid, user_.uid);
  EXPECT_EQ(claims->audiences, std::vector<std::string>{"vault"});
  EXPECT_EQ(claims->expires - claims->issued, seconds(600));
  EXPECT_NE(Text(), Text({"vault", 600}));
}

TEST_F(AccountTokensTest, AreRenewedBeforeTheyEnd) {
  Use({TokenWish{}});
  const std::string first = Text();
  told_.clear();
  Pass(minutes(47));
  EXPECT_EQ(Text(), first);
  EXPECT_THAT(told_, IsEmpty());
  Pass(minutes(1));
  EXPECT_NE(Text(), first);
  EXPECT_THAT(told_, Contains(user_.uid));
}

TEST_F(AccountTokensTest, AreRenewedWhenTheClockJumps) {
  Use({TokenWish{}});
  const std::string first = Text();
  clock_.Set(hours(2));
  Pass(seconds(59));
  EXPECT_EQ(Text(), first);
  Pass(seconds(2));
  EXPECT_NE(Text(), first);
}

TEST_F(AccountTokensTest, AreRenewedWhenTheClockIsSetBackAndTheyWouldBeRefused) {
  Use({TokenWish{}});
  const std::string first = Text();
  clock_.Set(-hours(1));
  const auto made = [this] { return tokens::ParseClaims(*tokens::CheckJwt(Text(), fakes::TokenKeys()))->issued; };
  ASSERT_GT(made(), clock_.Now());
  Pass(minutes(1));
  EXPECT_NE(Text(), first);
  EXPECT_LE(made(), clock_.Now());
}

TEST_F(AccountTokensTest, StayWhileNobodyAnswers) {
  Use({TokenWish{}});
  const std::string first = Text();
  objects_.Fail(MakeError(ErrorCode::kUnavailable, "no answer"));
  Pass(minutes(50));
  EXPECT_EQ(Text(), first);
  objects_.Heal();
  Pass(minutes(2));
  EXPECT_NE(Text(), first);
}

TEST_F(AccountTokensTest, SayWhyThereIsNone) {
  user_.account = "nosuch";
  Use({TokenWish{}});
  EXPECT_TRUE(tokens_->Known(user_.uid));
  EXPECT_EQ(Text(), "");
  EXPECT_THAT(tokens_->Find(user_.uid, {}).trouble, HasSubstr("nosuch"));
  Create(Json{{"kind", "ServiceAccount"}, {"apiVersion", "v1"}, {"metadata", {{"name", "nosuch"}}}});
  told_.clear();
  Pass(seconds(2));
  EXPECT_THAT(told_, Contains(user_.uid)) << "asked again";
}

TEST_F(AccountTokensTest, AreAskedForNoMoreWhenNobodyNeedsThem) {
  Use({TokenWish{}});
  tokens_->Drop(user_.uid);
  RunReady(io_);
  const int asked = objects_.requests();
  Pass(hours(10));
  EXPECT_EQ(objects_.requests(), asked);
  EXPECT_EQ(Text(), "");
}

TEST_F(AccountTokensTest, MayEndBeforeTheAnswerComes) {
  tokens_->Use(user_, {TokenWish{}});
  tokens_.reset();
  RunReady(io_);
  EXPECT_THAT(told_, IsEmpty());
}

TEST(RenewAfter, IsInTheLastFifthOfALife) {
  for (uint64_t chance = 0; chance < 100; ++chance) {
    EXPECT_LE(RenewAfter(hours(1), chance), minutes(48));
    EXPECT_GE(RenewAfter(hours(1), chance), minutes(48) - seconds(10));
    EXPECT_LE(RenewAfter(hours(24 * 365), chance), hours(24));
    EXPECT_GE(RenewAfter(seconds(-5), chance), seconds(1)) << "never at once again";
  }
}

}  // namespace
}  // namespace ordinal::references

// What becomes of a secret that is to hold a token, as its account comes and goes and its token grows old.
#include "agent/controllers/account_tokens/plan.h"

#include <gtest/gtest.h>

#include "agent/api/base64.h"

namespace ordinal::controllers::account_tokens {
namespace {

using api::Json;
using std::chrono::hours;
using std::chrono::minutes;
using Type = Plan::Type;

const WallTime kNow = *ParseTime("2026-06-01T00:00:00Z");

Json Secret() {
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"metadata",
           {{"name", "db-token"},
            {"namespace", "shop"},
            {"creationTimestamp", FormatTime(kNow)},
            {"annotations", {{kAccountName, "db"}}}}},
          {"type", "kubernetes.io/service-account-token"}};
}

Plan PlanOf(const Json& secret, const std::string& account = "account-1", WallTime now = kNow) {
  return MakePlan(api::Object(secret), account, now);
}

Json Filled(Json secret, WallTime ends) {
  EXPECT_TRUE(Fill({"account-1", "a.b.c", FormatTime(ends), "PEM"}, secret));
  return secret;
}

TEST(AccountTokens, ASecretGetsWhatPodsHave) {
  const Plan plan = PlanOf(Secret());
  EXPECT_EQ(plan.type, Type::kFill);
  EXPECT_TRUE(plan.new_token);
  const Json filled = Filled(Secret(), kNow + kLife);
  EXPECT_EQ(filled["data"], (Json{{"token", api::EncodeBase64("a.b.c")},
                                  {"ca.crt", api::EncodeBase64("PEM")},
                                  {"namespace", api::EncodeBase64("shop")}}));
  EXPECT_EQ(filled["metadata"]["annotations"][kAccountUid], "account-1");
  const Plan after = PlanOf(filled);
  EXPECT_EQ(after.type, Type::kNothing);
  EXPECT_EQ(after.again, kNow + kLife / 2);
  Json same = filled;
  EXPECT_FALSE(Fill({"account-1", "", "", "PEM"}, same)) << "there is nothing to write";
}

TEST(AccountTokens, ATokenIsMadeAnewWhenHalfOfItsLifeIsOver) {
  const Json filled = Filled(Secret(), kNow + kLife);
  EXPECT_EQ(PlanOf(filled, "account-1", kNow + kLife / 2 - hours(1)).type, Type::kNothing);
  const Plan late = PlanOf(filled, "account-1", kNow + kLife / 2);
  EXPECT_EQ(late.type, Type::kFill);
  EXPECT_TRUE(late.new_token);
  Json written = filled;
  written["metadata"]["annotations"][kTokenEnds] = "1678-01-01T00:00:00Z";  // before it no time fits
  EXPECT_EQ(PlanOf(written).type, Type::kFill);
  written["metadata"]["annotations"][kTokenEnds] = "soon";
  EXPECT_EQ(PlanOf(written).type, Type::kNothing);
}

TEST(AccountTokens, WhatSomebodyWroteStays) {
  Json own = Secret();
  own["data"]["token"] = "b3du";
  const Plan plan = PlanOf(own);
  EXPECT_EQ(plan.type, Type::kFill);
  EXPECT_FALSE(plan.new_token);
  EXPECT_TRUE(Fill({"account-1", "", "", "PEM"}, own));
  EXPECT_EQ(own["data"]["token"], "b3du");
  EXPECT_EQ(PlanOf(own).type, Type::kNothing);
  EXPECT_FALSE(PlanOf(own).again);
}

TEST(AccountTokens, ASecretGoesWithItsAccount) {
  const Json filled = Filled(Secret(), kNow + kLife);
  EXPECT_EQ(PlanOf(filled, "").type, Type::kRemove);
  EXPECT_EQ(PlanOf(filled, "account-2").type, Type::kRemove) << "one of that name was made again";
  const Plan early = PlanOf(Secret(), "");
  EXPECT_EQ(early.type, Type::kNothing) << "the account may come yet";
  EXPECT_EQ(early.again, kNow + kPatience);
  EXPECT_EQ(PlanOf(Secret(), "", kNow + kPatience).type, Type::kRemove);
}

TEST(AccountTokens, OthersAreLeftAlone) {
  Json opaque = Secret(), going = Secret();
  opaque["type"] = "Opaque";
  going["metadata"]["deletionTimestamp"] = FormatTime(kNow);
  for (const Json& secret : {opaque, going}) {
    EXPECT_EQ(PlanOf(secret, "").type, Type::kNothing);
    EXPECT_FALSE(PlanOf(secret, "").again);
  }
}

}  // namespace
}  // namespace ordinal::controllers::account_tokens

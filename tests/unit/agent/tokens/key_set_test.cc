// Which keys of a set verify what, for every algorithm, and what is no set.
#include "agent/tokens/key_set.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include "agent/base/openssl.h"
#include "tests/fakes/foreign_key.h"

namespace ordinal::tokens {
namespace {

using api::Json;
using fakes::ForeignKey;

const Json kClaims = {{"iss", "https://issuer"}, {"sub", "ada"}};

bool Verified(const std::string& token, const std::string& set) {
  const auto keys = ParseKeySet(set);
  EXPECT_TRUE(keys.ok()) << keys.error().message;
  const auto parts = TakeApart(token);
  return keys.ok() && parts.ok() && parts->claims == kClaims && SignedByOne(*parts, *keys);
}

/// The token with a byte of its last part changed.
std::string Spoilt(std::string token) {
  const size_t at = token.rfind('.') + 5;
  token[at] = token[at] == 'A' ? 'B' : 'A';
  return token;
}

class EveryAlgorithm : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryAlgorithm, VerifiesWhatItsKeySignedAndNothingElse) {
  const ForeignKey key(GetParam(), "k1"), other(GetParam(), "k2");
  const std::string token = key.Token(kClaims), set = fakes::KeySetOf(other, key);
  EXPECT_TRUE(Verified(token, set));
  EXPECT_TRUE(Verified(key.Token(kClaims, {{"kid", ""}}), set)) << "without a kid every key may be the one";
  EXPECT_FALSE(Verified(Spoilt(token), set));
  EXPECT_FALSE(Verified(token, fakes::KeySetOf(other))) << "the kid is unknown";
  EXPECT_FALSE(Verified(key.Token(kClaims, {{"kid", "k2"}}), set)) << "the kid is another key's";
  EXPECT_FALSE(Verified(token.substr(0, token.rfind('.') + 1), set));
  Json limited = key.Jwk();
  limited["alg"] = GetParam();
  EXPECT_TRUE(Verified(token, Json{{"keys", {limited}}}.dump()));
  limited["alg"] = "XX256";
  EXPECT_FALSE(Verified(token, Json{{"keys", {limited}}}.dump())) << "the key is for another algorithm";
}

TEST_P(EveryAlgorithm, IsTheOneThatTheTokenNames) {
  const ForeignKey key(GetParam(), "k1");
  for (const char* named : {"none", "HS256", "RS256", "PS256", "ES256", "ES384", "es256", ""}) {
    if (std::string_view(named) == GetParam()) continue;
    EXPECT_FALSE(Verified(key.Token(kClaims, {{"alg", named}}), fakes::KeySetOf(key))) << named;
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryAlgorithm,
                         ::testing::Values("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
                                           "ES512"),
                         [](const auto& info) { return std::string(info.param); });

TEST(KeySetTest, APublicKeyIsNoSharedSecret) {
  const ForeignKey key("RS256", "k1");
  const Bio text(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(text.get(), key.key());
  const std::string secret = Written(text.get());
  const std::string signed_text =
      fakes::EncodeUrl(Json{{"alg", "HS256"}, {"kid", "k1"}}.dump()) + "." + fakes::EncodeUrl(kClaims.dump());
  std::string mac(32, '\0');
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(),
       reinterpret_cast<unsigned char*>(mac.data()), nullptr);
  EXPECT_FALSE(Verified(signed_text + "." + fakes::EncodeUrl(mac), fakes::KeySetOf(key)));
  const std::string unsigned_text =
      fakes::EncodeUrl(Json{{"alg", "none"}}.dump()) + "." + fakes::EncodeUrl(kClaims.dump());
  EXPECT_FALSE(Verified(unsigned_text + ".", fakes::KeySetOf(key)));
}

TEST(KeySetTest, KeysOfNoUseAreLeftOut) {
  const ForeignKey good("ES256", "good");
  Json off_curve = good.Jwk(), encrypts = good.Jwk(), short_number = good.Jwk(), other_curve = good.Jwk();
  off_curve["x"] = fakes::EncodeUrl(std::string(32, '\x01'));
  encrypts["use"] = "enc";
  short_number["y"] = "AA";
  other_curve["crv"] = "P-384";
  const Json small = {{"kty", "RSA"}, {"n", fakes::EncodeUrl(std::string(64, '\xff'))}, {"e", "AQAB"}};
  Json even = ForeignKey("RS256", "k1").Jwk(), large = even;
  even["e"] = "Ag";
  large["n"] = fakes::EncodeUrl(std::string(1025, '\xff'));
  const Json secret = {{"kty", "oct"}, {"k", "AAAA"}};
  for (const Json& one :
       {off_curve, encrypts, short_number, other_curve, small, even, large, secret, Json(7), Json::object()}) {
    EXPECT_FALSE(ParseKeySet(Json{{"keys", {one}}}.dump()).ok()) << one;
    const auto beside = ParseKeySet(Json{{"keys", {one, good.Jwk()}}}.dump());
    ASSERT_TRUE(beside.ok()) << one;
    EXPECT_EQ(beside->size(), 1u) << one;
  }
}

TEST(KeySetTest, WhatIsNoSet) {
  EXPECT_EQ(ParseKeySet("<html>").error().message, "it is no set of keys: it has no list \"keys\"");
  EXPECT_FALSE(ParseKeySet("[]").ok());
  EXPECT_FALSE(ParseKeySet(R"({"keys":{}})").ok());
  Json many = {{"keys", Json::array()}};
  const Json key = ForeignKey("ES256", "k").Jwk();
  for (size_t i = 0; i < kMostKeys; ++i) many["keys"].push_back(key);
  EXPECT_TRUE(ParseKeySet(many.dump()).ok());
  many["keys"].push_back(key);
  EXPECT_EQ(ParseKeySet(many.dump()).error().message, "it has 33 keys, more than 32");
}

TEST(KeySetTest, ATokenTakenApart) {
  const ForeignKey key("ES256", "k1");
  EXPECT_TRUE(TakeApart(key.Token(kClaims)).ok());
  EXPECT_FALSE(TakeApart(key.Token(kClaims, {{"crit", {"exp"}}})).ok());
  EXPECT_FALSE(TakeApart(key.Token({{"text", std::string(kLongestText, 'x')}})).ok()) << "oversized";
  for (const char* text : {"", ".", "..", "a.b", "a.b.c.d", "e30.e30", "e30.W10.AA", "e30.e30.A=", "e3 0.e30.AA"}) {
    EXPECT_FALSE(TakeApart(text).ok()) << text;
  }
}

}  // namespace
}  // namespace ordinal::tokens

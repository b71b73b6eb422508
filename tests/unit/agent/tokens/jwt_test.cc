#include "agent/tokens/jwt.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "agent/base/openssl.h"
#include "tests/fakes/foreign_key.h"
#include "tests/fakes/token_keys.h"

namespace ordinal::tokens {
namespace {

using api::Json;

class JwtTest : public ::testing::Test {
 protected:
  const std::vector<SigningKey> keys_ = fakes::TokenKeys();
  const Json claims_ = {{"iss", "here"}, {"n", 7}, {"deep", {{"text", "ü\"\\"}}}};
  const std::string token_ = *SignJwt(claims_, keys_.front());

  std::string PublicPem() const {
    const Bio text(BIO_new(BIO_s_mem()));
    PEM_write_bio_PUBKEY(text.get(), keys_.front().key.get());
    return Written(text.get());
  }
  ErrorCode CodeOf(const std::string& token) {
    const auto checked = CheckJwt(token, keys_);
    return checked.ok() ? ErrorCode::kInternal : checked.error().code;
  }
};

TEST_F(JwtTest, WhatWasSignedIsReadAgain) {
  const auto checked = CheckJwt(token_, keys_);
  ASSERT_TRUE(checked.ok()) << checked.error().message;
  EXPECT_EQ(*checked, claims_);
  EXPECT_EQ(std::count(token_.begin(), token_.end(), '.'), 2);
}

TEST_F(JwtTest, IsThatOfRfc7518) {
  // Header and signature as section 3.4 has them: {"alg":"ES256"} and R and S of 32 bytes each.
  const std::string header = token_.substr(0, token_.find('.'));
  EXPECT_TRUE(header.starts_with(fakes::EncodeUrl(R"({"alg":"ES256",)"))) << header;
  EXPECT_EQ(token_.size() - token_.rfind('.') - 1, 86U) << "64 bytes in base64url";
}

TEST_F(JwtTest, EveryBitOfItCounts) {
  for (size_t at = 0; at < token_.size(); ++at) {
    // The last character of a part has bits that stand for nothing.
    const bool last = at + 1 == token_.size() || token_[at + 1] == '.';
    if (last || token_[at] == '.') continue;
    std::string other = token_;
    other[at] = other[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(CodeOf(other), ErrorCode::kInvalid) << at;
  }
}

TEST_F(JwtTest, AKeyThatNobodyHasSignsNothing) {
  const SigningKey stranger = *ReadSigningKey(*MakePrivateKey(), {});
  EXPECT_EQ(CodeOf(*SignJwt(claims_, stranger)), ErrorCode::kInvalid);
  SigningKey impostor = stranger;
  impostor.id = keys_.front().id;
  EXPECT_EQ(CodeOf(*SignJwt(claims_, impostor)), ErrorCode::kInvalid);
}

/// The public key is no secret: it must not become the key of a symmetric algorithm, and "none" is no algorithm.
TEST_F(JwtTest, NoOtherAlgorithmCounts) {
  const std::string claims = token_.substr(token_.find('.') + 1, token_.rfind('.') - token_.find('.') - 1);
  const auto header = [&](const char* algorithm) {
    return fakes::EncodeUrl(Json{{"alg", algorithm}, {"typ", "JWT"}, {"kid", keys_.front().id}}.dump());
  };
  const std::string signed_part = header("HS256") + "." + claims;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  const std::string secret = PublicPem();
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(signed_part.data()), signed_part.size(), digest.data(), &size);
  EXPECT_EQ(CodeOf(signed_part + "." + fakes::EncodeUrl({reinterpret_cast<const char*>(digest.data()), size})),
            ErrorCode::kInvalid);
  EXPECT_EQ(CodeOf(header("none") + "." + claims + "."), ErrorCode::kInvalid);
  EXPECT_EQ(CodeOf(header("ES384") + "." + claims + token_.substr(token_.rfind('.'))), ErrorCode::kInvalid);
}

TEST_F(JwtTest, WhatIsNoTokenIsRefused) {
  const std::string header = token_.substr(0, token_.find('.'));
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("a.b.c"), header + "..", header + ".e30.",
        std::string(60000, '.'), std::string(60000, 'A'), header + "." + std::string(40000, 'W') + "." + header}) {
    EXPECT_EQ(CodeOf(text), ErrorCode::kInvalid) << text.substr(0, 60);
  }
}

TEST(SigningKey, IsOneOfP256) {
  EXPECT_FALSE(ReadSigningKey("", {}).ok());
  EXPECT_FALSE(ReadSigningKey("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", {}).ok());
  const auto keys = fakes::TokenKeys();
  EXPECT_EQ(keys.front().id.size(), 43U);
  EXPECT_NE(ReadSigningKey(*MakePrivateKey(), {})->id, keys.front().id);
}

}  // namespace
}  // namespace ordinal::tokens

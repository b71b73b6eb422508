#include "tests/fakes/foreign_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <map>
#include <vector>

#include "agent/base/openssl.h"
#include "agent/tokens/jwt.h"

namespace ordinal::fakes {
namespace {

using api::Json;

constexpr size_t kBits = 2048;

const EVP_MD* DigestOf(std::string_view algorithm) {
  if (algorithm.ends_with("384")) return EVP_sha384();
  return algorithm.ends_with("512") ? EVP_sha512() : EVP_sha256();
}

const char* CurveOf(std::string_view algorithm) {
  if (algorithm.ends_with("384")) return "P-384";
  return algorithm.ends_with("512") ? "P-521" : "P-256";
}

int NumberOf(std::string_view algorithm) {
  if (algorithm.ends_with("384")) return 48;
  return algorithm.ends_with("512") ? 66 : 32;
}

std::shared_ptr<EVP_PKEY> Make(const std::string& algorithm, const std::string& id) {
  if (algorithm.starts_with("ES")) return {EVP_EC_gen(CurveOf(algorithm)), EVP_PKEY_free};
  static std::map<std::string, std::shared_ptr<EVP_PKEY>> made;  // 50 ms each
  auto& key = made[id];
  if (!key) key = {EVP_RSA_gen(kBits), EVP_PKEY_free};
  return key;
}

/// A number of the key, with leading zeros up to `size`.
std::string NumberIn(EVP_PKEY* key, const char* name, int size) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  std::string bytes(static_cast<size_t>(std::max(size, BN_num_bytes(number))), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  BN_free(number);
  return EncodeUrl(bytes);
}

std::string PlainSignature(const std::string& der, int number) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* const signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  std::string plain(static_cast<size_t>(2 * number), '\0');
  auto* out = reinterpret_cast<unsigned char*>(plain.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, number);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + number, number);
  ECDSA_SIG_free(signature);
  return plain;
}

}  // namespace

std::string EncodeUrl(std::string_view bytes) { return tokens::EncodeUrl(bytes); }

ForeignKey::ForeignKey(std::string algorithm, std::string id)
    : algorithm_(std::move(algorithm)), id_(std::move(id)), key_(Make(algorithm_, id_)) {}

Json ForeignKey::Jwk() const {
  if (!algorithm_.starts_with("ES")) {
    return Json{{"kty", "RSA"},
                {"kid", id_},
                {"use", "sig"},
                {"n", NumberIn(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0)},
                {"e", NumberIn(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0)}};
  }
  const int number = NumberOf(algorithm_);
  return Json{{"kty", "EC"},
              {"kid", id_},
              {"crv", CurveOf(algorithm_)},
              {"x", NumberIn(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, number)},
              {"y", NumberIn(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, number)}};
}

std::string ForeignKey::Signature(std::string_view text) const {
  EVP_MD_CTX* const digest = EVP_MD_CTX_new();
  EVP_PKEY_CTX* context = nullptr;
  EVP_DigestSignInit(digest, &context, DigestOf(algorithm_), nullptr, key_.get());
  if (algorithm_.starts_with("PS")) {
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST);
  }
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  EVP_DigestSign(digest, nullptr, &size, data, text.size());
  std::string signature(size, '\0');
  EVP_DigestSign(digest, reinterpret_cast<unsigned char*>(signature.data()), &size, data, text.size());
  signature.resize(size);
  EVP_MD_CTX_free(digest);
  return algorithm_.starts_with("ES") ? PlainSignature(signature, NumberOf(algorithm_)) : signature;
}

std::string ForeignKey::Token(const Json& claims, const Json& header) const {
  Json whole = {{"alg", algorithm_}, {"kid", id_}};
  whole.update(header);
  const std::string text = EncodeUrl(whole.dump()) + "." + EncodeUrl(claims.dump());
  return text + "." + EncodeUrl(Signature(text));
}

}  // namespace ordinal::fakes

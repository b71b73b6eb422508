#include "agent/tokens/key_set.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>

#include "agent/api/read.h"
#include "agent/base/openssl.h"
#include "agent/tokens/signatures.h"

namespace ordinal::tokens {
namespace {

using api::Json;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;

constexpr int kLeastBits = 1024, kMostBits = 8192, kMostExponentBits = 31;

struct Curve {
  std::string_view name, group;
  size_t number;  ///< bytes of a coordinate
};
constexpr std::array<Curve, 3> kCurves = {{{"P-256", "P-256", 32}, {"P-384", "P-384", 48}, {"P-521", "P-521", 66}}};

/// Base64url text as bytes; empty when it is none.
std::string Bytes(const Json& jwk, const char* name) {
  Result<std::string> bytes = DecodeUrl(api::ReadString(jwk, name));
  return bytes.ok() ? std::move(*bytes) : std::string();
}

Key Make(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return Key(key);
}

Number NumberOf(const std::string& bytes) {
  return Number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
}

Key RsaKey(const Json& jwk) {
  const Number modulus = NumberOf(Bytes(jwk, "n")), exponent = NumberOf(Bytes(jwk, "e"));
  if (!modulus || !exponent) return nullptr;
  const int bits = BN_num_bits(modulus.get());
  if (bits < kLeastBits || bits > kMostBits || BN_num_bits(exponent.get()) > kMostExponentBits ||
      BN_is_odd(exponent.get()) == 0 || BN_is_one(exponent.get()) != 0) {
    return nullptr;
  }
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return nullptr;
  }
  return Make("RSA", builder.get());
}

/// OpenSSL refuses a point that is not on the curve.
Key CurveKey(const Json& jwk) {
  const std::string name = api::ReadString(jwk, "crv");
  const auto* const curve =
      std::find_if(kCurves.begin(), kCurves.end(), [&name](const Curve& one) { return one.name == name; });
  const std::string x = Bytes(jwk, "x"), y = Bytes(jwk, "y");
  if (curve == kCurves.end() || x.size() != curve->number || y.size() != curve->number) return nullptr;
  const std::string point = "\x04" + x + y;  // uncompressed (SEC 1, 2.3.3)
  const std::string group(curve->group);
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return nullptr;
  }
  return Make("EC", builder.get());
}

/// Of a point of P-256, with its leading zeros (RFC 7518, 6.2.1).
Result<std::string> CoordinateOf(const EVP_PKEY* key, const char* name) {
  BIGNUM* read = nullptr;
  const bool there = EVP_PKEY_get_bn_param(key, name, &read) == 1;
  const Number number(read);
  std::string bytes(kCurves.front().number, '\0');
  auto* at = reinterpret_cast<unsigned char*>(bytes.data());
  if (!there || BN_bn2binpad(number.get(), at, static_cast<int>(bytes.size())) < 0) return LastError("read a key");
  return EncodeUrl(bytes);
}

/// Without a key: it is of no use here.
PublicKey ReadPublicKey(const Json& jwk) {
  PublicKey read{api::ReadString(jwk, "kid"), api::ReadString(jwk, "alg"), nullptr};
  const std::string type = api::ReadString(jwk, "kty"), use = api::ReadString(jwk, "use");
  if (!use.empty() && use != "sig") return read;
  if (type == "RSA") read.key = std::shared_ptr<EVP_PKEY>(RsaKey(jwk));
  if (type == "EC") read.key = std::shared_ptr<EVP_PKEY>(CurveKey(jwk));
  ERR_clear_error();
  return read;
}

}  // namespace

Result<std::vector<PublicKey>> ParseKeySet(std::string_view text) {
  const Json set = Json::parse(text, nullptr, false);
  const Json& listed = api::Member(set, "keys");
  if (!listed.is_array()) return MakeError(ErrorCode::kInvalid, "it is no set of keys: it has no list \"keys\"");
  if (listed.size() > kMostKeys) {
    return MakeError(ErrorCode::kInvalid, fmt::format("it has {} keys, more than {}", listed.size(), kMostKeys));
  }
  std::vector<PublicKey> keys;
  for (const Json& jwk : listed) {
    PublicKey key = ReadPublicKey(jwk);
    if (key.key) keys.push_back(std::move(key));
  }
  if (keys.empty()) return MakeError(ErrorCode::kInvalid, "it has no key of RSA, P-256, P-384 or P-521 that signs");
  return keys;
}

Result<Json> KeySetOf(const std::vector<SigningKey>& keys) {
  Json listed = Json::array();
  for (const SigningKey& each : keys) {
    TRY(const std::string x, CoordinateOf(each.key.get(), OSSL_PKEY_PARAM_EC_PUB_X));
    TRY(const std::string y, CoordinateOf(each.key.get(), OSSL_PKEY_PARAM_EC_PUB_Y));
    listed.push_back({{"use", "sig"},
                      {"kty", "EC"},
                      {"kid", each.id},
                      {"crv", kCurves.front().name},
                      {"alg", "ES256"},
                      {"x", x},
                      {"y", y}});
  }
  return Json{{"keys", std::move(listed)}};
}

bool SignedByOne(const TokenParts& token, const std::vector<PublicKey>& keys) {
  const std::string algorithm = api::ReadString(token.header, "alg"), id = api::ReadString(token.header, "kid");
  return std::any_of(keys.begin(), keys.end(), [&](const PublicKey& one) {
    return (id.empty() || one.id == id) && (one.algorithm.empty() || one.algorithm == algorithm) &&
           VerifySignature(algorithm, token.text, token.signature, one.key.get());
  });
}

}  // namespace ordinal::tokens

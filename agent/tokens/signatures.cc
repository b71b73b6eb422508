#include "agent/tokens/signatures.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "agent/base/openssl.h"

namespace ordinal::tokens {
namespace {

using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

enum class Family { kPkcs1, kPss, kCurve };

struct Algorithm {
  std::string_view name;
  Family family;
  const EVP_MD* (*digest)();
  std::string_view curve = {};  ///< OpenSSL's name of it
  size_t number = 0;            ///< bytes of R and of S
};

constexpr std::array<Algorithm, 9> kAlgorithms = {{
    {"RS256", Family::kPkcs1, EVP_sha256},
    {"RS384", Family::kPkcs1, EVP_sha384},
    {"RS512", Family::kPkcs1, EVP_sha512},
    {"PS256", Family::kPss, EVP_sha256},
    {"PS384", Family::kPss, EVP_sha384},
    {"PS512", Family::kPss, EVP_sha512},
    {"ES256", Family::kCurve, EVP_sha256, "prime256v1", 32},
    {"ES384", Family::kCurve, EVP_sha384, "secp384r1", 48},
    {"ES512", Family::kCurve, EVP_sha512, "secp521r1", 66},
}};

const unsigned char* BytesOf(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

bool Fits(const Algorithm& algorithm, const EVP_PKEY* key) {
  if (algorithm.family != Family::kCurve) return EVP_PKEY_is_a(key, "RSA") == 1;
  std::array<char, 64> group{};
  return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1 &&
         group.data() == algorithm.curve;
}

/// The DER that OpenSSL reads, of R and S one behind the other (RFC 7518, 3.4); empty when memory is out.
std::string DerSignature(std::string_view plain) {
  const int number = static_cast<int>(plain.size() / 2);
  const Signature signature(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(BytesOf(plain), number, nullptr);
  BIGNUM* s = BN_bin2bn(BytesOf(plain) + number, number, nullptr);
  if (!signature || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  const int size = i2d_ECDSA_SIG(signature.get(), nullptr);
  std::string der(static_cast<size_t>(std::max(size, 0)), '\0');
  auto* at = reinterpret_cast<unsigned char*>(der.data());
  return i2d_ECDSA_SIG(signature.get(), &at) == size ? der : std::string();
}

bool Verify(const Algorithm& algorithm, std::string_view text, std::string_view signature, EVP_PKEY* key) {
  const Digest digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* context = nullptr;  // the digest's own
  if (!digest || EVP_DigestVerifyInit(digest.get(), &context, algorithm.digest(), nullptr, key) != 1) return false;
  // The salt is as long as the digest (RFC 7518, 3.5).
  if (algorithm.family == Family::kPss && (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) != 1 ||
                                           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return false;
  }
  return EVP_DigestVerify(digest.get(), BytesOf(signature), signature.size(), BytesOf(text), text.size()) == 1;
}

}  // namespace

bool VerifySignature(std::string_view algorithm, std::string_view text, std::string_view signature, EVP_PKEY* key) {
  const auto* const found =
      std::find_if(kAlgorithms.begin(), kAlgorithms.end(), [&](const Algorithm& one) { return one.name == algorithm; });
  if (found == kAlgorithms.end() || !Fits(*found, key)) return false;
  const bool curve = found->family == Family::kCurve;
  if (curve && signature.size() != 2 * found->number) return false;
  const std::string der = curve ? DerSignature(signature) : std::string(signature);
  const bool verified = !der.empty() && Verify(*found, text, der, key);
  ERR_clear_error();
  return verified;
}

}  // namespace ordinal::tokens

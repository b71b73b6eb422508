// JSON Web Tokens signed with ECDSA P-256 and SHA-256: the compact form of RFC 7515 with the algorithm "ES256" of RFC
// 7518, section 3.4. OpenSSL signs and verifies. Any thread.
//
//   base64url(header) "." base64url(claims) "." base64url(R S)
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/object.h"
#include "agent/base/clock.h"
#include "agent/base/result.h"

namespace ordinal::tokens {

/// What is longer is no token for CheckJwt(): ours have some 1,200 bytes.
inline constexpr size_t kLongestText = 16 * 1024;

/// A key that signs tokens and verifies them.
struct SigningKey {
  std::string id;  ///< "kid": base64url of the SHA-256 of the public key's DER
  std::shared_ptr<EVP_PKEY> key;
  WallTime made{};
};

/// kInvalid when `private_pem` is no private key of P-256.
Result<SigningKey> ReadSigningKey(const std::string& private_pem, WallTime made);
/// A new private key, in PEM (PKCS #8). Never logged.
Result<std::string> MakePrivateKey();

/// kInvalid for claims that make it longer than kLongestText.
Result<std::string> SignJwt(const api::Json& claims, const SigningKey& key);

/// A token as it is written: nothing of it is proved.
struct TokenParts {
  api::Json header, claims;
  std::string_view text;  ///< what is signed; of the token, which outlives this
  std::string signature;  ///< as the algorithm's RFC writes it
};
/// kInvalid for what has not the form of a token, is longer than kLongestText, or has critical headers.
Result<TokenParts> TakeApart(std::string_view token);

/// Base64url without padding (RFC 7515, appendix C).
std::string EncodeUrl(std::string_view bytes);
/// kInvalid for what is none.
Result<std::string> DecodeUrl(std::string_view text);

/// The claims of a token that one of `keys` signed. kInvalid for everything else: no token, another algorithm, an
/// unknown key, a wrong signature. Says nothing of times and audiences.
Result<api::Json> CheckJwt(std::string_view token, const std::vector<SigningKey>& keys);

}  // namespace ordinal::tokens

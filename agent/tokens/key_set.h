// The public keys of an issuer of tokens: a JWK Set (RFC 7517), as its "jwks_uri" shows it. Pure; any thread.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/tokens/jwt.h"

namespace ordinal::tokens {

/// Keys of one issuer at most.
inline constexpr size_t kMostKeys = 32;

struct PublicKey {
  std::string id;         ///< "kid"; empty: it has none
  std::string algorithm;  ///< "alg": the only one that it is for; empty: any that fits it
  std::shared_ptr<EVP_PKEY> key;
};

/// Keys of RSA (1,024 to 8,192 bits) and of the curves P-256, P-384 and P-521; others, and those for encryption, are
/// left out. kInvalid for what is no set of keys, has none that can be used, or more than kMostKeys.
Result<std::vector<PublicKey>> ParseKeySet(std::string_view text);

/// The public halves of `keys`, as a JWK Set: each for ES256.
Result<api::Json> KeySetOf(const std::vector<SigningKey>& keys);

/// Whether one of `keys` signed the token: of those with its "kid", if it names one.
bool SignedByOne(const TokenParts& token, const std::vector<PublicKey>& keys);

}  // namespace ordinal::tokens

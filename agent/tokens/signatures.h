// Signatures of JSON Web Tokens, by the algorithms of RFC 7518, section 3, that have a public key: RS256, PS256, ES256
// and their likes of 384 and 512 bits. OpenSSL verifies. Any thread.
#pragma once

#include <openssl/evp.h>

#include <string_view>

namespace ordinal::tokens {

/// Whether `key` made `signature` of `text` by `algorithm` ("ES384"). False for an algorithm without public keys
/// ("none", "HS256"), and for a key of another kind or curve than the algorithm's: a token does not choose what its key
/// is used for.
bool VerifySignature(std::string_view algorithm, std::string_view text, std::string_view signature, EVP_PKEY* key);

}  // namespace ordinal::tokens

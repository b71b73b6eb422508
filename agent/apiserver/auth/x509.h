// Parts of the certificates that this CA makes: of its own keys (certificates.cc) and of others' (sign_request.cc).
// A false: OpenSSL's queue of errors says why.
#pragma once

#include <openssl/bn.h>

#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/openssl.h"
#include "agent/base/random.h"

namespace ordinal::apiserver::auth {

inline constexpr long kVersion3 = 2;  ///< RFC 5280 4.1.2.1

inline time_t Seconds(WallTime time) {
  return static_cast<time_t>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

/// `value` in OpenSSL's text syntax of extensions.
inline bool AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

inline bool SetSerial(X509* certificate, Random& random) {
  std::array<unsigned char, 16> bytes;
  for (size_t i = 0; i < bytes.size(); i += 8) {
    const uint64_t next = random.Next();
    for (size_t k = 0; k < 8; ++k) bytes[i + k] = static_cast<unsigned char>(next >> (8 * k));
  }
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);  // positive, and always as long
  const std::unique_ptr<BIGNUM, Freed<BN_free>> number(BN_bin2bn(bytes.data(), bytes.size(), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

}  // namespace ordinal::apiserver::auth

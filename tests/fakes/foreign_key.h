// A key of somebody else's issuer of tokens: of any algorithm that the agent verifies, with tokens that it signs.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

#include "agent/api/object.h"

namespace ordinal::fakes {

class ForeignKey {
 public:
  /// A new one, for `algorithm` ("PS384"). Keys of RSA are made once for all tests of a process, one for each `id`.
  ForeignKey(std::string algorithm, std::string id);

  /// As a set of keys shows it, without its "alg".
  api::Json Jwk() const;
  /// "header.claims.signature"; `header` replaces members of what it would say.
  std::string Token(const api::Json& claims, const api::Json& header = api::Json::object()) const;
  const std::string& id() const { return id_; }
  EVP_PKEY* key() const { return key_.get(); }

 private:
  std::string Signature(std::string_view text) const;

  std::string algorithm_, id_;
  std::shared_ptr<EVP_PKEY> key_;
};

/// Base64url without padding.
std::string EncodeUrl(std::string_view bytes);

/// {"keys": […]}.
template <class... Keys>
std::string KeySetOf(const Keys&... keys) {
  return api::Json{{"keys", api::Json::array({keys.Jwk()...})}}.dump();
}

}  // namespace ordinal::fakes

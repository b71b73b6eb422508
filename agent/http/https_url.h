// An https:// address, taken apart for who asks there. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "agent/base/result.h"

namespace ordinal::http {

struct HttpsUrl {
  std::string host;  ///< a name, or an address without brackets
  uint16_t port = 443;
  std::string authority;     ///< for Host: "issuer.example:8443"
  std::string target = "/";  ///< path and query, as they stand in a request line
  std::string user;          ///< what stands before "@"; nobody sends it
  std::string fragment;
  bool has_query = false;
};

/// kInvalid says what is wrong: another scheme, no host, a port that is none, a byte that no URL has.
Result<HttpsUrl> ParseHttpsUrl(const std::string& text);

}  // namespace ordinal::http

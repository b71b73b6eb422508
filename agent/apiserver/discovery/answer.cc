#include "agent/apiserver/discovery/answer.h"

#include <openssl/sha.h>

#include <array>

#include "agent/apiserver/failure.h"

namespace ordinal::apiserver::discovery {

http::Response PathNotFound() {
  return {.status = 404, .content_type = "text/plain; charset=utf-8", .headers = {}, .body = "404 page not found\n"};
}

http::Response Failure(int code, std::string_view reason, std::string_view message) {
  return {.status = code, .headers = {}, .body = FailureStatus(code, reason, message).dump()};
}

std::string ContentHash(std::string_view content) {
  std::array<unsigned char, SHA512_DIGEST_LENGTH> digest{};
  SHA512(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data());
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string hash;
  for (const unsigned char byte : digest) {
    hash += kDigits[byte >> 4];
    hash += kDigits[byte & 15];
  }
  return hash;
}

bool NotModified(const http::Request& request, std::string_view etag) {
  const std::string_view known = request.Header("if-none-match");
  return known == "*" || known.find(etag) != std::string_view::npos;
}

}  // namespace ordinal::apiserver::discovery

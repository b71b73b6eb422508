#include "agent/api/kinds/shared/endpoint_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>

namespace ordinal::api {
namespace {

/// In 16 bytes; one of IPv4 as IPv6 writes it.
using EndpointBytes = std::array<unsigned char, 16>;
constexpr EndpointBytes kNowhere{}, kNowhereV4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff},
    kOwn{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

EndpointBytes EndpointBytesOf(const std::string& text) {
  EndpointBytes bytes = kNowhereV4;
  if (inet_pton(AF_INET, text.c_str(), bytes.data() + 12) == 1) return bytes;
  inet_pton(AF_INET6, text.c_str(), bytes.data());
  return bytes;
}

}  // namespace

Complaint CheckEndpointAddress(std::string_view text) {
  if (auto complaint = CheckAddress(text)) return complaint;
  const EndpointBytes at = EndpointBytesOf(std::string(text));
  const bool v4 = std::equal(at.begin(), at.begin() + 12, kNowhereV4.begin());
  if (at == kNowhere || at == kNowhereV4) return "may not be unspecified (" + std::string(text) + ")";
  if (v4 ? at[12] == 127 : at == kOwn) return "may not be in the loopback range (127.0.0.0/8, ::1/128)";
  if (v4 ? at[12] == 169 && at[13] == 254 : at[0] == 0xfe && (at[1] & 0xc0) == 0x80) {
    return "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
  }
  if (v4 ? at[12] == 224 && at[13] == 0 && at[14] == 0 : at[0] == 0xff && (at[1] & 0x0f) == 0x02) {
    return "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)";
  }
  return std::nullopt;
}

}  // namespace ordinal::api

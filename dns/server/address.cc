#include "dns/server/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <net/if.h>
#include <netinet/in.h>

#include <charconv>
#include <cstring>

#include "dns/server/sockets.h"

namespace ordinal::dns {
namespace {

const sockaddr_in& V4(const SocketAddress& address) { return reinterpret_cast<const sockaddr_in&>(address.storage); }
const sockaddr_in6& V6(const SocketAddress& address) { return reinterpret_cast<const sockaddr_in6&>(address.storage); }

/// The interface after the '%', by name or number; 0 when there is none of that name.
uint32_t ScopeOf(const std::string& interface) {
  const uint32_t index = if_nametoindex(interface.c_str());
  if (index != 0) return index;
  uint32_t number = 0;
  std::from_chars(interface.data(), interface.data() + interface.size(), number);
  return number;
}

}  // namespace

Result<SocketAddress> SocketAddress::FromHost(std::string_view host, uint16_t port) {
  SocketAddress address;
  const size_t percent = host.find('%');
  const std::string literal(host.substr(0, percent));
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  if (percent == std::string_view::npos && inet_pton(AF_INET, literal.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    address.size = sizeof(v4);
  } else if (inet_pton(AF_INET6, literal.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    if (percent != std::string_view::npos) v6.sin6_scope_id = ScopeOf(std::string(host.substr(percent + 1)));
    address.size = sizeof(v6);
  } else {
    return MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" is not an IPv4 or IPv6 address", host));
  }
  address.SetPort(port);
  return address;
}

Result<SocketAddress> SocketAddress::Parse(std::string_view text) {
  const auto bad = [text] {
    return MakeError(ErrorCode::kInvalid,
                     fmt::format("\"{}\" is not an address and port like 169.254.20.10:53 or [fd00::10]:53", text));
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return bad();
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  auto address = FromHost(host, port);
  if (!address.ok() || bracketed != (address->family() == AF_INET6)) return bad();
  return address;
}

// sin_port and sin6_port lie at the same place.
uint16_t SocketAddress::port() const { return ntohs(V4(*this).sin_port); }
void SocketAddress::SetPort(uint16_t port) { reinterpret_cast<sockaddr_in&>(storage).sin_port = htons(port); }

bool SocketAddress::IsWildcard() const {
  if (family() == AF_INET) return V4(*this).sin_addr.s_addr == INADDR_ANY;
  return IN6_IS_ADDR_UNSPECIFIED(&V6(*this).sin6_addr);
}

std::string SocketAddress::ToText() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (family() == AF_INET) {
    inet_ntop(AF_INET, &V4(*this).sin_addr, text, sizeof(text));
    return fmt::format("{}:{}", text, port());
  }
  inet_ntop(AF_INET6, &V6(*this).sin6_addr, text, sizeof(text));
  return fmt::format("[{}]:{}", text, port());
}

bool SocketAddress::operator==(const SocketAddress& other) const {
  if (family() != other.family() || port() != other.port()) return false;
  if (family() == AF_INET) return V4(*this).sin_addr.s_addr == V4(other).sin_addr.s_addr;
  return IN6_ARE_ADDR_EQUAL(&V6(*this).sin6_addr, &V6(other).sin6_addr);
}

bool IsLocal(const SocketAddress& address) {
  const Fd probe(socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  SocketAddress any_port = address;
  any_port.SetPort(0);
  return probe && bind(probe.get(), any_port.get(), any_port.size) == 0;
}

}  // namespace ordinal::dns

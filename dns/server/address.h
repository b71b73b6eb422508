// SocketAddress: an IPv4 or IPv6 address and port.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace ordinal::dns {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  /// "169.254.20.10:53", "[fd00::10]:53". kInvalid for anything else; names are not looked up.
  static Result<SocketAddress> Parse(std::string_view text);
  /// An address without a port, "10.0.0.1", "fe80::1%eth0", and the port.
  static Result<SocketAddress> FromHost(std::string_view host, uint16_t port);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
  uint16_t port() const;
  void SetPort(uint16_t port);
  bool IsWildcard() const;  ///< 0.0.0.0 or ::
  std::string ToText() const;

  /// Same family, address and port; flow labels and scopes are not compared.
  bool operator==(const SocketAddress& other) const;
};

/// Whether this host has the address: it can be bound without IP_FREEBIND.
bool IsLocal(const SocketAddress& address);

}  // namespace ordinal::dns

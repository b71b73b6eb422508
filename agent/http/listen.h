// Where a server listens: on an address and port, for TLS, or on a unix socket of this host, for who may open it.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/base/result.h"
#include "agent/http/transport.h"

namespace ordinal::http {

struct Listener {
  asio::basic_socket_acceptor<asio::generic::stream_protocol> acceptor;
  bool local;         ///< a unix socket
  std::string where;  ///< "127.0.0.1:6443", with the port that was chosen; "unix:/run/ordinald/ordinald.sock"
};

/// Listens on "ADDRESS:PORT", "[ADDRESS]:PORT" or "unix:PATH". A socket that an earlier run left at the path is
/// replaced; the new one is its owner's alone (0600). kInvalid for what is no address; other errors name the address.
/// `ahead`: the host may get the address later (ip(7), IP_FREEBIND).
Result<Listener> Listen(asio::io_context& io, const std::string& address, bool ahead = false);

/// The user id of the process that opened the other end of a unix socket; nothing for another socket.
std::optional<uint32_t> PeerOf(Socket& socket);

/// The address of who connected, "192.0.2.1"; empty for a unix socket.
std::string AddressOfPeer(Socket& socket);

}  // namespace ordinal::http

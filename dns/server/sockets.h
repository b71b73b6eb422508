// Opening the server's sockets. All of them are non-blocking and close-on-exec.
#pragma once

#include "agent/base/fd.h"
#include "dns/server/address.h"

namespace ordinal::dns {

/// One address's sockets of one worker.
struct ListenSockets {
  SocketAddress address;
  Fd udp, tcp;
};

/// Fails when somebody listens on the address already, another agent included: sockets with SO_REUSEPORT would
/// silently share the queries with it. Port 0 is always free.
Status CheckFree(const SocketAddress& address);

/// Binds a UDP and a listening TCP socket with SO_REUSEPORT and IP_FREEBIND (the address may appear on the host
/// later). Port 0: a port that is free for both, found in the returned address. Errors name the address and what
/// would help.
Result<ListenSockets> BindListenSockets(const SocketAddress& address);

}  // namespace ordinal::dns

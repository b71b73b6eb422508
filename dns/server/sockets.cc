#include "dns/server/sockets.h"

#include <fmt/format.h>
#include <netinet/in.h>

#include <cerrno>

namespace ordinal::dns {
namespace {

constexpr int kTcpBacklog = 256;
constexpr int kUdpReceiveBuffer = 1 << 20;  // bytes: a burst of some thousand queries
constexpr int kPortTries = 16;

std::string_view CureFor(int error) {
  switch (error) {
    case EADDRINUSE:
      return "; another DNS server or agent has it (see: ss -lnptu): stop that one or choose --dns-listen";
    case EACCES:
    case EPERM: return "; ports below 1024 need root or CAP_NET_BIND_SERVICE";
    case EADDRNOTAVAIL: return "; the host cannot have that address";
    case EAFNOSUPPORT: return "; the kernel has no support for that address family";
    default: return "";
  }
}

Error BindError(std::string_view protocol, const SocketAddress& address, int error) {
  Error made = ErrnoError(fmt::format("cannot listen on {} {} for DNS", protocol, address.ToText()), error);
  made.message += CureFor(error);
  return made;
}

bool Enable(int fd, int level, int option, int value = 1) {
  return setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

/// Lets replies leave from the address that was asked, on a socket that is bound to all of them.
void ReceiveDestination(int fd, const SocketAddress& address) {
  if (address.family() == AF_INET) Enable(fd, IPPROTO_IP, IP_PKTINFO);
  if (address.family() == AF_INET6) Enable(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
}

Result<Fd> Bind(const SocketAddress& address, int type) {
  const std::string_view protocol = type == SOCK_DGRAM ? "UDP" : "TCP";
  Fd fd(socket(address.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return BindError(protocol, address, errno);
  Enable(fd.get(), SOL_SOCKET, SO_REUSEPORT);
  if (type == SOCK_STREAM) Enable(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  if (address.family() == AF_INET6) {
    Enable(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY);
    Enable(fd.get(), IPPROTO_IPV6, IPV6_FREEBIND);
  } else {
    Enable(fd.get(), IPPROTO_IP, IP_FREEBIND);
  }
  if (type == SOCK_DGRAM) {
    Enable(fd.get(), SOL_SOCKET, SO_RCVBUF, kUdpReceiveBuffer);
    if (address.IsWildcard()) ReceiveDestination(fd.get(), address);
  }
  if (bind(fd.get(), address.get(), address.size) != 0) return BindError(protocol, address, errno);
  if (type == SOCK_STREAM && listen(fd.get(), kTcpBacklog) != 0) return BindError(protocol, address, errno);
  return fd;
}

}  // namespace

Status CheckFree(const SocketAddress& address) {
  for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
    const Fd fd(socket(address.family(), type | SOCK_CLOEXEC, 0));
    if (address.family() == AF_INET6) Enable(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY);
    // Connections in TIME_WAIT do not count, a listener does.
    if (type == SOCK_STREAM) Enable(fd.get(), SOL_SOCKET, SO_REUSEADDR);
    Enable(fd.get(), IPPROTO_IP, IP_FREEBIND);
    if (address.family() == AF_INET6) Enable(fd.get(), IPPROTO_IPV6, IPV6_FREEBIND);
    if (bind(fd.get(), address.get(), address.size) != 0) {
      return BindError(type == SOCK_DGRAM ? "UDP" : "TCP", address, errno);
    }
    if (type == SOCK_STREAM && listen(fd.get(), 1) != 0) return BindError("TCP", address, errno);
  }
  return {};
}

Result<ListenSockets> BindListenSockets(const SocketAddress& address) {
  for (int tries = 1;; ++tries) {
    ListenSockets sockets;
    sockets.address = address;
    TRY(sockets.udp, Bind(address, SOCK_DGRAM));
    socklen_t size = sizeof(sockets.address.storage);
    if (getsockname(sockets.udp.get(), sockets.address.get(), &size) != 0) return BindError("UDP", address, errno);
    auto tcp = Bind(sockets.address, SOCK_STREAM);
    if (tcp.ok()) {
      sockets.tcp = std::move(tcp).value();
      return sockets;
    }
    if (address.port() != 0 || tries == kPortTries) return std::move(tcp).error();
  }
}

}  // namespace ordinal::dns

#include "agent/http/listen.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <sstream>
#include <string_view>

namespace ordinal::http {
namespace {

using asio::ip::tcp;
using Local = asio::local::stream_protocol;
using Acceptor = decltype(Listener::acceptor);

constexpr std::string_view kUnix = "unix:";

// IPv6 sockets take it too.
using AnyAddress = asio::detail::socket_option::boolean<IPPROTO_IP, IP_FREEBIND>;

Result<tcp::endpoint> ParseEndpoint(const std::string& text) {
  const size_t colon = text.rfind(':');
  const auto invalid = [&text] {
    return MakeError(ErrorCode::kInvalid,
                     fmt::format("\"{}\" is no address to listen on; write 127.0.0.1:6443 or [::1]:6443", text));
  };
  if (colon == std::string::npos) return invalid();
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  uint16_t port = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + colon + 1, last, port);
  if (error != std::errc() || end != last || colon + 1 == text.size()) return invalid();
  boost::system::error_code code;
  const auto address = asio::ip::make_address(host, code);
  if (code) return invalid();
  return tcp::endpoint(address, port);
}

std::string Print(const Acceptor::endpoint_type& bound) {
  tcp::endpoint endpoint;
  endpoint.resize(bound.size());
  std::memcpy(endpoint.data(), bound.data(), bound.size());
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

Result<Listener> ListenLocal(asio::io_context& io, const std::string& path) {
  const auto failed = [&path](int error) { return ErrnoError("listen on " + path, error); };
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path)) return failed(ENAMETOOLONG);
  // Only what an earlier run left goes.
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0 && !S_ISSOCK(found.st_mode)) return failed(EEXIST);
  ::unlink(path.c_str());
  Acceptor acceptor(io);
  boost::system::error_code code;
  acceptor.open(Local(), code);
  // What is bound gets the mode that the socket has: there is no moment in which others may open it.
  if (!code && ::fchmod(acceptor.native_handle(), S_IRUSR | S_IWUSR) != 0) return failed(errno);
  if (!code) acceptor.bind(Local::endpoint(path), code);
  if (!code) acceptor.listen(asio::socket_base::max_listen_connections, code);
  if (code) return failed(code.value());
  return Listener{std::move(acceptor), true, std::string(kUnix) + path};
}

}  // namespace

Result<Listener> Listen(asio::io_context& io, const std::string& address, bool ahead) {
  if (address.starts_with(kUnix)) return ListenLocal(io, address.substr(kUnix.size()));
  TRY(const tcp::endpoint endpoint, ParseEndpoint(address));
  Acceptor acceptor(io);
  boost::system::error_code code;
  acceptor.open(endpoint.protocol(), code);
  if (!code) acceptor.set_option(tcp::acceptor::reuse_address(true), code);
  if (!code && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), code);
  if (!code && ahead) acceptor.set_option(AnyAddress(true), code);
  if (!code) acceptor.bind(endpoint, code);
  if (!code) acceptor.listen(asio::socket_base::max_listen_connections, code);
  if (code) return ErrnoError("listen on " + address, code.value());
  std::string where = Print(acceptor.local_endpoint(code));
  return Listener{std::move(acceptor), false, std::move(where)};
}

std::optional<uint32_t> PeerOf(Socket& socket) {
  boost::system::error_code code;
  if (socket.local_endpoint(code).protocol().family() != AF_UNIX || code) return std::nullopt;
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return peer.uid;
}

std::string AddressOfPeer(Socket& socket) {
  boost::system::error_code code;
  const auto peer = socket.remote_endpoint(code);
  if (code || (peer.data()->sa_family != AF_INET && peer.data()->sa_family != AF_INET6)) return {};
  tcp::endpoint endpoint;
  endpoint.resize(peer.size());
  std::memcpy(endpoint.data(), peer.data(), peer.size());
  return endpoint.address().to_string();
}

}  // namespace ordinal::http

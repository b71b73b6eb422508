#include "agent/http/server.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <charconv>
#include <list>
#include <sstream>

#include "agent/base/log.h"
#include "agent/http/connection.h"
#include "agent/http/places.h"
#include "agent/http/tls.h"

namespace ordinal::http {
namespace {

using asio::ip::tcp;

constexpr std::chrono::milliseconds kAfterFailedAccept{100};  // without free descriptors it fails at once, again
constexpr std::chrono::milliseconds kUntilOneIsGone{2};
constexpr int kFailuresALogLine = 100;
constexpr size_t kCrowd = 64;  // connections whose memory is worth giving back when they are gone

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

std::string Print(const tcp::endpoint& endpoint) {
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

}  // namespace

struct Server::Rep {
  Rep(ServerSettings given, Executor control, const Clock& clock, Authenticate authenticate, Handler handler)
      : settings(std::move(given)),
        loop(std::make_shared<Loop>()),
        shared(settings, clock, std::move(authenticate), Control(control, loop, std::move(handler), settings.failure)),
        places(settings.limits) {}

  Status Listen(const std::string& address);
  static Task<void> Accept(std::shared_ptr<Rep> rep, tcp::acceptor& acceptor);
  static Task<void> Serve(std::shared_ptr<Rep> rep, tcp::socket socket);
  /// Waits until the client has sent something; false when it has not in its time, or has to go.
  static Task<bool> Speaks(tcp::socket& socket, const Place& place, Duration limit);
  void Failed(const boost::system::error_code& code);
  void GiveBack();
  void EndAll();

  const ServerSettings settings;
  std::shared_ptr<Loop> loop;
  Shared shared;
  std::list<tcp::acceptor> acceptors;
  std::vector<std::string> endpoints;
  // On the HTTP thread, once it runs:
  std::shared_ptr<asio::ssl::context> tls;
  Places places;
  int failures = 0;  ///< to accept, one after another
  size_t most = 0;   ///< connections, since memory was given back
  bool ending = false;
};

Status Server::Rep::Listen(const std::string& address) {
  TRY(const auto endpoint, ParseEndpoint(address));
  tcp::acceptor acceptor(loop->io());
  boost::system::error_code code;
  acceptor.open(endpoint.protocol(), code);
  if (!code) acceptor.set_option(tcp::acceptor::reuse_address(true), code);
  if (!code && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), code);
  if (!code) acceptor.bind(endpoint, code);
  if (!code) acceptor.listen(asio::socket_base::max_listen_connections, code);
  if (code) return ErrnoError("listen on " + address, code.value());
  endpoints.push_back(Print(acceptor.local_endpoint(code)));
  acceptors.push_back(std::move(acceptor));
  return {};
}

void Server::Rep::Failed(const boost::system::error_code& code) {
  if (failures++ % kFailuresALogLine != 0) return;
  log::Warning("http: no connection can be accepted: {}", code.message());
}

Task<void> Server::Rep::Accept(std::shared_ptr<Rep> rep, tcp::acceptor& acceptor) {
  asio::steady_timer pause(acceptor.get_executor());
  while (!rep->ending) {
    boost::system::error_code code;
    tcp::socket socket(acceptor.get_executor());
    co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, code));
    if (rep->ending) co_return;
    if (!code) {
      rep->failures = 0;
      Spawn(acceptor.get_executor(), "http connection", Serve(rep, std::move(socket)));
      continue;
    }
    const bool room = code == asio::error::no_descriptors && rep->places.MakeRoom();
    rep->Failed(code);
    pause.expires_after(room ? kUntilOneIsGone : kAfterFailedAccept);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, code));
  }
}

Task<bool> Server::Rep::Speaks(tcp::socket& socket, const Place& place, Duration limit) {
  boost::system::error_code code;
  const Deadline deadline(socket, limit);
  co_await socket.async_wait(tcp::socket::wait_read, asio::redirect_error(asio::use_awaitable, code));
  co_return !code && !place.left();
}

Task<void> Server::Rep::Serve(std::shared_ptr<Rep> rep, tcp::socket socket) {
  const SteadyTime since = rep->shared.clock.Steady();
  Place place(rep->places, [&socket] {
    boost::system::error_code ignored;
    socket.cancel(ignored);
  });
  // TLS takes memory and time: neither is spent on who says nothing.
  const bool speaks = co_await Speaks(socket, place, rep->settings.limits.stranger);
  if (!speaks) co_return;
  Wire wire(std::move(socket), rep->tls);
  Connection connection(wire, rep->shared, rep->loop, place, since);
  place.OnLeave([&connection] { connection.Abort(); });
  place.Speaks();
  co_await connection.Run();
  rep->GiveBack();
}

/// What a crowd of connections took is not needed again soon.
void Server::Rep::GiveBack() {
  const size_t now = places.size();
  most = std::max(most, now);
  if (most < kCrowd || now > most / 8) return;
  most = now;
  malloc_trim(0);
}

void Server::Rep::EndAll() {
  ending = true;
  boost::system::error_code ignored;
  for (tcp::acceptor& acceptor : acceptors) acceptor.close(ignored);
  places.Clear();
}

Server::Server(ServerSettings settings, Executor control, const Clock& clock, Authenticate authenticate,
               Handler handler)
    : rep_(std::make_shared<Rep>(std::move(settings), std::move(control), clock, std::move(authenticate),
                                 std::move(handler))) {}

Server::~Server() { Stop(); }

Status Server::Start() {
  TRY(rep_->tls, MakeTls(rep_->settings.certificates));
  for (const std::string& address : rep_->settings.listen) TRYV(rep_->Listen(address));
  for (tcp::acceptor& acceptor : rep_->acceptors) {
    Spawn(rep_->loop->executor(), "http accept", Rep::Accept(rep_, acceptor));
  }
  rep_->loop->Start();
  return {};
}

void Server::Stop() {
  rep_->loop->End([rep = rep_] { rep->EndAll(); });
  rep_->loop->Join();
}

const std::vector<std::string>& Server::endpoints() const { return rep_->endpoints; }

Status Server::Renew(const Certificates& certificates) {
  TRY(auto tls, MakeTls(certificates));
  rep_->loop->Post([rep = rep_, tls = std::move(tls)]() mutable { rep->tls = std::move(tls); });
  return {};
}

}  // namespace ordinal::http

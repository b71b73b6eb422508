#include "agent/http/server.h"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <functional>
#include <list>

#include "agent/base/log.h"
#include "agent/base/memory.h"
#include "agent/http/connection.h"
#include "agent/http/handshakes.h"
#include "agent/http/listen.h"
#include "agent/http/places.h"
#include "agent/http/tls.h"

namespace ordinal::http {
namespace {

constexpr std::chrono::milliseconds kAfterFailedAccept{100};  // without free descriptors it fails at once, again
constexpr std::chrono::milliseconds kUntilOneIsGone{2};
constexpr int kFailuresALogLine = 100;
constexpr size_t kCrowd = 64;  // connections whose memory is worth giving back when they are gone

}  // namespace

struct Server::Rep {
  Rep(ServerSettings given, Executor control, const Clock& clock, Authenticate authenticate, Handler handler)
      : settings(std::move(given)),
        loop(std::make_shared<Loop>()),
        shared(settings, clock, std::move(authenticate), Control(control, loop, std::move(handler), settings.failure),
               loop->executor()),
        places(settings.limits),
        handshakes(loop->executor()) {}

  static Task<void> Accept(std::shared_ptr<Rep> rep, Listener& listener);
  static Task<void> Serve(std::shared_ptr<Rep> rep, Socket socket, std::shared_ptr<asio::ssl::context> context);
  /// Waits until the client has sent something; false when it has not in its time, or has to go.
  static Task<bool> Speaks(Socket& socket, const Place& place, Duration limit);
  void Failed(const boost::system::error_code& code);
  void GiveBack();
  void EndAll();

  const ServerSettings settings;
  std::shared_ptr<Loop> loop;
  Shared shared;
  std::list<Listener> listeners;
  std::vector<std::string> endpoints;
  // On the HTTP thread, once it runs:
  std::shared_ptr<asio::ssl::context> tls;
  Places places;
  Handshakes handshakes;
  int failures = 0;  ///< to accept, one after another
  size_t most = 0;   ///< connections, since memory was given back
  bool ending = false;
};

void Server::Rep::Failed(const boost::system::error_code& code) {
  if (failures++ % kFailuresALogLine != 0) return;
  log::Warning("http: no connection can be accepted: {}", code.message());
}

Task<void> Server::Rep::Accept(std::shared_ptr<Rep> rep, Listener& listener) {
  auto& acceptor = listener.acceptor;
  asio::steady_timer pause(acceptor.get_executor());
  while (!rep->ending) {
    boost::system::error_code code;
    Socket socket(acceptor.get_executor());
    co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, code));
    if (rep->ending) co_return;
    if (!code) {
      rep->failures = 0;
      Spawn(acceptor.get_executor(), "http connection",
            Serve(rep, std::move(socket), listener.local ? nullptr : rep->tls));
      continue;
    }
    const bool room = code == asio::error::no_descriptors && rep->places.MakeRoom();
    rep->Failed(code);
    pause.expires_after(room ? kUntilOneIsGone : kAfterFailedAccept);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, code));
  }
}

Task<bool> Server::Rep::Speaks(Socket& socket, const Place& place, Duration limit) {
  boost::system::error_code code;
  Alarm alarm(socket);
  const Deadline deadline(alarm, limit);
  co_await socket.async_wait(Socket::wait_read, asio::redirect_error(asio::use_awaitable, code));
  co_return !code && !place.left();
}

Task<void> Server::Rep::Serve(std::shared_ptr<Rep> rep, Socket socket, std::shared_ptr<asio::ssl::context> context) {
  Place place(rep->places, [&socket] {
    boost::system::error_code ignored;
    socket.cancel(ignored);
  });
  // TLS takes memory and time: neither is spent on who says nothing.
  const bool speaks = co_await Speaks(socket, place, rep->settings.limits.stranger);
  if (!speaks) co_return;
  if (context) co_await rep->handshakes.Wait();
  if (rep->ending || place.left()) co_return;
  const SteadyTime since = rep->shared.clock.Steady();  // it waited for others, not they for it
  Wire wire(std::move(socket), std::move(context));
  Connection connection(wire, rep->shared, rep->loop, place, since);
  place.OnLeave([&connection] { connection.Abort(); });
  place.Speaks();
  auto handshake = std::make_unique<Handshakes::Going>(rep->handshakes);
  std::function<void()> shaken = [&handshake] { handshake.reset(); };
  co_await connection.Run(std::move(shaken));
  rep->GiveBack();
}

/// What a crowd of connections took is not needed again soon.
void Server::Rep::GiveBack() {
  const size_t now = places.size();
  most = std::max(most, now);
  if (most < kCrowd || now > most / 8) return;
  most = now;
  GiveBackMemory();
}

void Server::Rep::EndAll() {
  ending = true;
  boost::system::error_code ignored;
  for (Listener& listener : listeners) listener.acceptor.close(ignored);
  places.Clear();
  handshakes.End();
  shared.quick.End();
  shared.large.End();
}

Server::Server(ServerSettings settings, Executor control, const Clock& clock, Authenticate authenticate,
               Handler handler)
    : rep_(std::make_shared<Rep>(std::move(settings), std::move(control), clock, std::move(authenticate),
                                 std::move(handler))) {}

Server::~Server() { Stop(); }

Status Server::Start() {
  for (const std::string& address : rep_->settings.listen) {
    TRY(Listener listener, Listen(rep_->loop->io(), address));
    if (!listener.local && !rep_->tls) {
      TRY(rep_->tls, MakeTls(rep_->settings.certificates));
    }
    rep_->endpoints.push_back(listener.where);
    rep_->listeners.push_back(std::move(listener));
  }
  for (const std::string& address : rep_->settings.listen_ahead) {
    Result<Listener> listener = Listen(rep_->loop->io(), address, /*ahead=*/true);
    if (listener.ok()) {
      rep_->endpoints.push_back(listener->where);
      rep_->listeners.push_back(std::move(*listener));
    } else {
      log::Warning("{}", listener.error().message);
    }
  }
  for (Listener& listener : rep_->listeners) {
    Spawn(rep_->loop->executor(), "http accept", Rep::Accept(rep_, listener));
  }
  rep_->loop->Start(rep_->settings.limits.Descriptors());
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

#include "dns/server/tcp_listener.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace ordinal::dns {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPause = 1s;  // until accepting is tried again when the process has no descriptor left
constexpr int kAcceptsPerEvent = 16;

}  // namespace

TcpListener::TcpListener(Fd socket, const TcpContext& context, size_t max_connections, Counters& counters)
    : socket_(std::move(socket)), context_(context), max_connections_(max_connections), counters_(counters) {}

void TcpListener::OnEvents(uint32_t) {
  for (int i = 0; i < kAcceptsPerEvent; ++i) {
    Fd accepted(accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (accepted) {
      Take(std::move(accepted));
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) Pause();
    return;
  }
}

void TcpListener::Take(Fd socket) {
  if (connections_.size() >= max_connections_) CloseOldest();
  auto connection = std::make_unique<TcpConnection>(std::move(socket), context_, [this](TcpConnection* closed) {
    const auto found = connections_.find(closed);
    context_.loop.Retire(std::move(found->second));
    connections_.erase(found);
  });
  if (!connection->Start().ok()) return;
  Counters::Count(counters_.tcp_connections);
  TcpConnection* key = connection.get();
  connections_.emplace(key, std::move(connection));
}

void TcpListener::CloseOldest() {
  const auto oldest = std::min_element(connections_.begin(), connections_.end(), [](const auto& a, const auto& b) {
    return a.second->last_query() < b.second->last_query();
  });
  if (oldest != connections_.end()) oldest->first->Close();
}

/// A pending connection that cannot be accepted would wake the thread without end.
void TcpListener::Pause() {
  CloseOldest();
  context_.loop.Modify(socket_.get(), 0, this);
  context_.loop.SetDeadline(this, context_.loop.Now() + kPause);
}

void TcpListener::OnDeadline() { context_.loop.Modify(socket_.get(), EPOLLIN, this); }

}  // namespace ordinal::dns

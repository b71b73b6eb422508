#include "dns/server/tcp_connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace ordinal::dns {
namespace {

constexpr size_t kReadSize = 4096;
constexpr size_t kMaxRequest = 4096;  // a query with every option in use is far smaller
/// While so much waits to be sent, nothing more is read: a client that does not read its answers stops itself.
constexpr size_t kMaxQueued = 16 * 1024;
constexpr size_t kMaxForwarded = 16;

}  // namespace

TcpConnection::TcpConnection(Fd socket, const TcpContext& context, std::function<void(TcpConnection*)> closed)
    : socket_(std::move(socket)),
      context_(context),
      closed_(std::move(closed)),
      last_query_(context.loop.Now()),
      self_(std::make_shared<TcpConnection*>(this)) {}

Status TcpConnection::Start() {
  watched_ = EPOLLIN;
  TRYV(context_.loop.Add(socket_.get(), watched_, this));
  context_.loop.SetDeadline(this, last_query_ + context_.idle_timeout);
  return {};
}

void TcpConnection::Close() {
  if (!open_) return;
  open_ = false;
  self_.reset();
  closed_(this);
}

void TcpConnection::OnDeadline() { Close(); }

void TcpConnection::OnEvents(uint32_t events) {
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !Read()) return Close();
  Proceed();
}

/// False when the connection is broken.
bool TcpConnection::Read() {
  if (ended_) return false;  // only an error or a hang-up is still reported
  std::array<uint8_t, kReadSize> buffer;
  const ssize_t size = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  ended_ = size == 0;
  in_.insert(in_.end(), buffer.begin(), buffer.begin() + size);
  return true;
}

void TcpConnection::AnswerQueries() {
  size_t at = 0;
  while (in_.size() - at >= 2 && out_.size() < kMaxQueued && forwarded_ < kMaxForwarded) {
    const size_t size = wire::Load16(in_.data() + at);
    if (size < wire::kHeaderSize || size > kMaxRequest) return Close();  // whatever this is, it is not DNS
    if (in_.size() - at < 2 + size) break;
    last_query_ = context_.loop.Now();
    AnswerOne(wire::Bytes(in_).subspan(at + 2, size));
    at += 2 + size;
    if (!open_) return;
  }
  if (at == 0) return;
  in_.erase(in_.begin(), in_.begin() + static_cast<ptrdiff_t>(at));
  context_.loop.SetDeadline(this, last_query_ + context_.idle_timeout);
}

void TcpConnection::AnswerOne(wire::Bytes request) {
  const Outcome outcome = context_.handler.Answer(request, Transport::kTcp, context_.scratch);
  switch (outcome.kind) {
    case Outcome::Kind::kReply: return Queue(context_.scratch.first(outcome.size));
    case Outcome::Kind::kDrop: return Close();  // a response instead of a query
    case Outcome::Kind::kForward:
    case Outcome::Kind::kHold:
    case Outcome::Kind::kChase: break;
  }
  ++forwarded_;
  context_.handler.AnswerLater(request, Transport::kTcp, outcome, context_.scratch,
                               [self = std::weak_ptr<TcpConnection*>(self_)](wire::Bytes reply) {
                                 if (const auto alive = self.lock()) (*alive)->QueueLate(reply);
                               });
}

void TcpConnection::Queue(wire::Bytes reply) {
  std::array<uint8_t, 2> size;
  wire::Store16(size.data(), static_cast<uint16_t>(reply.size()));
  out_.insert(out_.end(), size.begin(), size.end());
  out_.insert(out_.end(), reply.begin(), reply.end());
}

/// The reply may come from inside AnswerOne(), so nothing is sent here: the socket reports that it can be written to.
void TcpConnection::QueueLate(wire::Bytes reply) {
  --forwarded_;
  Queue(reply);
  Watch(watched_ | EPOLLOUT);
}

void TcpConnection::Watch(uint32_t events) {
  if (events != watched_) context_.loop.Modify(socket_.get(), events, this);
  watched_ = events;
}

/// Sends what is queued. False when the connection is broken.
bool TcpConnection::Flush() {
  size_t at = 0;
  while (at < out_.size()) {
    const ssize_t sent = send(socket_.get(), out_.data() + at, out_.size() - at, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) return false;
    at += static_cast<size_t>(sent);
  }
  out_.erase(out_.begin(), out_.begin() + static_cast<ptrdiff_t>(at));
  return true;
}

void TcpConnection::Proceed() {
  // Queries left behind because too much was queued get their turn as soon as it is sent: nothing else would wake
  // the connection for them.
  for (size_t left = in_.size() + 1; left > in_.size() && out_.size() < kMaxQueued;) {
    left = in_.size();
    AnswerQueries();
    if (!open_) return;
    if (!Flush()) return Close();
  }
  if (ended_ && out_.empty() && forwarded_ == 0) return Close();
  const bool may_read = !ended_ && out_.size() < kMaxQueued && forwarded_ < kMaxForwarded;
  Watch((may_read ? EPOLLIN : 0U) | (out_.empty() ? 0U : EPOLLOUT));
}

}  // namespace ordinal::dns

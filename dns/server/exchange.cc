#include "dns/server/exchange.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "dns/server/forwarded.h"

namespace ordinal::dns {
namespace {

// Clients give up after 5 s (resolv.conf's default): two attempts of 2 s leave them a SERVFAIL before that. A third
// resolver is asked when the first two fail faster.
constexpr size_t kMinAttempts = 2;
constexpr size_t kMaxAttempts = 3;

bool IsUpstreamFailure(wire::Rcode rcode) {
  return rcode == wire::Rcode::kServFail || rcode == wire::Rcode::kRefused || rcode == wire::Rcode::kNotImp;
}

}  // namespace

Exchange::Exchange(const ExchangeContext& context, std::vector<uint8_t> request, Transport transport, ForwardDone done)
    : context_(context), request_(std::move(request)), transport_(transport), done_(std::move(done)) {}

void Exchange::Start() {
  targets_ = context_.upstreams.InOrder(context_.loop.Now());
  attempts_ = targets_.empty() ? 0 : std::clamp(targets_.size(), kMinAttempts, kMaxAttempts);
  TryNext();
}

void Exchange::TryNext() {
  while (attempt_ < attempts_) {
    const SocketAddress& target = targets_[attempt_++ % targets_.size()];
    wire::Store16(request_.data(), context_.next_id());
    if (Open(target)) return;
  }
  Finish(error_reply_);
}

bool Exchange::Open(const SocketAddress& address) {
  const int type = transport_ == Transport::kUdp ? SOCK_DGRAM : SOCK_STREAM;
  socket_ = Fd(socket(address.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return false;
  const bool connected = connect(socket_.get(), address.get(), address.size) == 0;
  if (!connected && errno != EINPROGRESS) return false;
  writing_ = transport_ == Transport::kTcp;
  if (writing_) {
    stream_.resize(2 + request_.size());
    wire::Store16(stream_.data(), static_cast<uint16_t>(request_.size()));
    std::copy(request_.begin(), request_.end(), stream_.begin() + 2);
    sent_ = 0;
  } else if (send(socket_.get(), request_.data(), request_.size(), MSG_NOSIGNAL) < 0) {
    return false;
  }
  if (!context_.loop.Add(socket_.get(), writing_ ? EPOLLOUT : EPOLLIN, this).ok()) return false;
  context_.loop.SetDeadline(this, context_.loop.Now() + context_.timeout);
  return true;
}

void Exchange::GiveUpOnCurrent() {
  context_.upstreams.MarkFailed(targets_[(attempt_ - 1) % targets_.size()], context_.loop.Now());
  TryNext();
}

void Exchange::OnDeadline() { GiveUpOnCurrent(); }

void Exchange::OnEvents(uint32_t) {
  if (transport_ == Transport::kUdp) return ReceiveDatagrams();
  if (writing_) return WriteStream();
  ReadStream();
}

void Exchange::ReceiveDatagrams() {
  // Whatever is not the answer is thrown away and waiting goes on.
  while (true) {
    const ssize_t size = recv(socket_.get(), context_.scratch.data(), context_.scratch.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size < 0) return GiveUpOnCurrent();  // ECONNREFUSED: nobody listens there
    const wire::Bytes reply(context_.scratch.data(), static_cast<size_t>(size));
    if (IsReplyTo(reply, request_)) return TakeReply(reply);
  }
}

void Exchange::WriteStream() {
  const ssize_t size = send(socket_.get(), stream_.data() + sent_, stream_.size() - sent_, MSG_NOSIGNAL);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0) return GiveUpOnCurrent();
  sent_ += static_cast<size_t>(size);
  if (sent_ < stream_.size()) return;
  writing_ = false;
  stream_.clear();
  context_.loop.Modify(socket_.get(), EPOLLIN, this);
}

void Exchange::ReadStream() {
  const ssize_t size = recv(socket_.get(), context_.scratch.data(), context_.scratch.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return GiveUpOnCurrent();
  stream_.insert(stream_.end(), context_.scratch.begin(), context_.scratch.begin() + size);
  if (stream_.size() < 2) return;
  const size_t wanted = wire::Load16(stream_.data());
  if (stream_.size() < 2 + wanted) return;
  const wire::Bytes reply = wire::Bytes(stream_).subspan(2, wanted);
  if (!IsReplyTo(reply, request_)) return GiveUpOnCurrent();
  TakeReply(reply);
}

void Exchange::TakeReply(wire::Bytes reply) {
  context_.upstreams.MarkAnswered(targets_[(attempt_ - 1) % targets_.size()]);
  if (!IsUpstreamFailure(RcodeOf(reply)) || attempt_ >= targets_.size()) return Finish(reply);
  error_reply_.assign(reply.begin(), reply.end());
  TryNext();
}

void Exchange::Finish(wire::Bytes reply) {
  done_(reply);
  context_.finished(this);
}

}  // namespace ordinal::dns

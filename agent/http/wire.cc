#include "agent/http/wire.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

namespace ordinal::http {
namespace {

constexpr size_t kReadBytes = 4 * 1024;    // most requests; what is longer is read by steps of its own
constexpr size_t kSliceBytes = 64 * 1024;  // a client has to take this much within the limit for stalls
constexpr size_t kBufferBytes = 256 * 1024;

Status Ended(const Deadline* deadline, const boost::system::error_code& code) {
  if (deadline != nullptr && deadline->expired()) return MakeError(ErrorCode::kCancelled, "the time is over");
  return MakeError(ErrorCode::kUnavailable, code.message());
}

}  // namespace

Wire::Wire(Socket socket, std::shared_ptr<asio::ssl::context> context)
    : transport_(std::move(socket), std::move(context)), alarm_(this->socket()), buffer_(kBufferBytes) {
  boost::system::error_code ignored;
  this->socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  this->socket().set_option(asio::socket_base::keep_alive(true), ignored);
}

Task<Status> Wire::Handshake(Duration limit) {
  auto* const tls = transport_.tls();
  if (tls == nullptr) co_return Status();
  boost::system::error_code code;
  const Deadline deadline(alarm_, limit);
  co_await tls->async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return Ended(&deadline, code);
  co_return Status();
}

Task<Status> Wire::ReadSome(std::optional<Duration> limit) {
  if (buffer_.size() + kReadBytes > kBufferBytes) {
    co_return MakeError(ErrorCode::kFailedPrecondition, "the client sent more than was asked for");
  }
  // A long request is over: while the next one is waited for, its space is not kept.
  if (buffer_.size() == 0 && buffer_.capacity() > kReadBytes) buffer_.shrink_to_fit();
  std::optional<Deadline> deadline;
  if (limit) deadline.emplace(alarm_, *limit);
  boost::system::error_code code;
  const auto space = buffer_.prepare(kReadBytes);
  const size_t count = co_await transport_.async_read_some(space, asio::redirect_error(asio::use_awaitable, code));
  buffer_.commit(count);
  if (code) co_return Ended(deadline ? &*deadline : nullptr, code);
  co_return Status();
}

Task<Status> Wire::Write(std::string_view bytes, std::optional<Duration> stall) {
  while (!bytes.empty()) {
    const auto slice = asio::buffer(bytes.data(), std::min(bytes.size(), kSliceBytes));
    std::optional<Deadline> deadline;
    if (stall) deadline.emplace(alarm_, *stall);
    boost::system::error_code code;
    co_await asio::async_write(transport_, slice, asio::redirect_error(asio::use_awaitable, code));
    if (code) {
      const auto error = Ended(deadline ? &*deadline : nullptr, code);
      if (deadline && deadline->expired()) Reset();
      co_return error;
    }
    bytes.remove_prefix(slice.size());
  }
  co_return Status();
}

Task<void> Wire::Shutdown(Duration limit) {
  const Deadline deadline(alarm_, limit);
  boost::system::error_code code;
  if (auto* const tls = transport_.tls()) {
    co_await tls->async_shutdown(asio::redirect_error(asio::use_awaitable, code));
  }
  if (!socket().is_open() || deadline.expired()) co_return;
  boost::system::error_code ignored;
  socket().shutdown(Socket::shutdown_send, ignored);
  std::array<char, 4096> dropped;
  code.clear();
  while (!code && !deadline.expired()) {
    co_await socket().async_read_some(asio::buffer(dropped), asio::redirect_error(asio::use_awaitable, code));
  }
}

void Wire::Reset() {
  boost::system::error_code ignored;
  socket().set_option(asio::socket_base::linger(true, 0), ignored);
  socket().close(ignored);  // the destructor alone would take the option back
}

void Wire::Abort() {
  boost::system::error_code ignored;
  socket().shutdown(Socket::shutdown_both, ignored);
  socket().cancel(ignored);
}

}  // namespace ordinal::http

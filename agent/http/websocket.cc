#include "agent/http/websocket.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <utility>

namespace ordinal::http {
namespace {

namespace websocket = boost::beast::websocket;
namespace beast = boost::beast::http;

constexpr size_t kReadPiece = 32 * 1024;
constexpr std::chrono::seconds kHandshakeAnswer{10};
constexpr std::chrono::seconds kStall{60};    // in which a client takes no byte
constexpr std::chrono::seconds kFarewell{2};  // for its goodbye

/// What Beast reads of a handshake.
beast::request<beast::empty_body> HandshakeOf(const Request& request) {
  beast::request<beast::empty_body> handshake(beast::verb::get, request.target, 11);
  for (const char* name : {"host", "connection", "upgrade", "sec-websocket-key", "sec-websocket-version"}) {
    const auto [begin, end] = request.headers.equal_range(name);
    for (auto header = begin; header != end; ++header) handshake.insert(name, header->second);
  }
  return handshake;
}

Status Broken(const char* doing, const boost::system::error_code& code) {
  return MakeError(ErrorCode::kUnavailable, std::string(doing) + ": " + code.message());
}

}  // namespace

// Beast finds these by the type of the layer below: the connection ends when its owner ends it.
template <class Handler>
void async_teardown(boost::beast::role_type, Transport& transport, Handler&& handler) {
  asio::post(transport.get_executor(),
             boost::beast::bind_front_handler(std::forward<Handler>(handler), boost::system::error_code()));
}

static void beast_close_socket(Transport& transport) {
  boost::system::error_code ignored;
  transport.socket().shutdown(Socket::shutdown_both, ignored);
}

struct WebSocket::Rep {
  explicit Rep(Wire& given) : wire(given), stream(given.transport()) {}
  Wire& wire;
  websocket::stream<Transport&, false> stream;
  boost::beast::flat_buffer read{2 * kReadPiece};
  bool within = false;  ///< a message, of which bytes were read
};

WebSocket::WebSocket(Wire& wire) : rep_(std::make_unique<Rep>(wire)) {}

WebSocket::~WebSocket() = default;

Task<Status> WebSocket::Accept(const Request& request, std::string protocol) {
  auto& stream = rep_->stream;
  stream.read_message_max(0);  // pieces of them are handed on
  stream.auto_fragment(false);
  stream.set_option(websocket::stream_base::decorator([protocol](websocket::response_type& response) {
    response.erase(beast::field::server);
    if (!protocol.empty()) response.set(beast::field::sec_websocket_protocol, protocol);
  }));
  if (rep_->wire.buffer().size() > 0) {
    co_return MakeError(ErrorCode::kInvalid, "the client sent frames before the handshake was answered");
  }
  const auto handshake = HandshakeOf(request);
  const Deadline deadline(rep_->wire.alarm(), kHandshakeAnswer);
  boost::system::error_code code;
  co_await stream.async_accept(handshake, asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return Broken("a WebSocket's handshake", code);
  co_return Status();
}

Task<Result<WebSocket::Piece>> WebSocket::Read() {
  boost::system::error_code code;
  rep_->read.clear();
  co_await rep_->stream.async_read_some(rep_->read, kReadPiece, asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return Broken("read from a WebSocket", code).error();
  Piece piece;
  piece.bytes.assign(static_cast<const char*>(rep_->read.data().data()), rep_->read.size());
  piece.begins = !std::exchange(rep_->within, !rep_->stream.is_message_done());
  piece.ends = rep_->stream.is_message_done();
  co_return piece;
}

Task<Status> WebSocket::Write(std::string_view message, bool text) {
  rep_->stream.binary(!text);
  const Deadline deadline(rep_->wire.alarm(), kStall);
  boost::system::error_code code;
  const asio::const_buffer bytes(message.data(), message.size());
  co_await rep_->stream.async_write(bytes, asio::redirect_error(asio::use_awaitable, code));
  if (code || deadline.expired()) co_return Broken("write to a WebSocket", code);
  co_return Status();
}

Task<void> WebSocket::Close() {
  const Deadline deadline(rep_->wire.alarm(), kFarewell);
  boost::system::error_code ignored;
  const websocket::close_reason reason(websocket::close_code::normal);
  co_await rep_->stream.async_close(reason, asio::redirect_error(asio::use_awaitable, ignored));
  rep_->wire.Abort();  // whoever reads still
}

}  // namespace ordinal::http

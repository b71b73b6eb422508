#include "agent/http/request_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/http/read.hpp>
#include <iterator>

namespace ordinal::http {
namespace {

namespace beast = boost::beast::http;

Result<Incoming> Take(const beast::request<beast::string_body>& message) {
  Incoming incoming;
  incoming.keep_alive = message.keep_alive();
  incoming.chunks = message.version() >= 11;
  TRYV(TakeLine(incoming, message.method_string(), message.target()));
  for (const auto& field : message) TakeField(incoming, field.name_string(), field.value());
  TakeLast(incoming);
  return incoming;
}

}  // namespace

RequestReader::RequestReader(Wire& wire, const Limits& limits, const CheckBody& check, const HandsOn& hands_on)
    : wire_(wire), limits_(limits), hands_on_(hands_on), check_body_(check) {
  parser_.header_limit(static_cast<uint32_t>(limits.header_bytes));
  parser_.body_limit(boost::none);  // until it is known whether the body is handed on
}

Refusal RequestReader::RefusalFor(const boost::system::error_code& code, bool timed_out) const {
  if (timed_out) return {408, "the request did not arrive in time"};
  if (code == beast::error::header_limit || code == beast::error::buffer_overflow) {
    const bool has_line = !parser_.get().target().empty();
    return {has_line ? 431 : 414, fmt::format("the request's {} is too large: limit is {}",
                                              has_line ? "header" : "first line", limits_.header_bytes)};
  }
  if (code == beast::error::body_limit) {
    return {413, fmt::format("Request entity too large: limit is {}", limits_.body_bytes)};
  }
  const bool ended = code == beast::error::end_of_stream || code == beast::error::partial_message;
  const auto& of_http = beast::make_error_code(beast::error::bad_method).category();
  if (code == beast::error::bad_version) return {505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  if (!ended && code.category() == of_http) return {400, "this is no HTTP request: " + code.message()};
  return {};
}

Task<Status> RequestReader::FirstByte(Duration limit) {
  if (wire_.buffer().size() > 0) co_return Status();
  co_return co_await wire_.ReadSome(limit);
}

Task<std::optional<Refusal>> RequestReader::Header(Duration limit) {
  boost::system::error_code code;
  const Deadline deadline(wire_.alarm(), limit);
  co_await beast::async_read_header(wire_.transport(), wire_.buffer(), parser_,
                                    asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return RefusalFor(code, deadline.expired());
  const auto& head = parser_.get().base();
  if (auto refusal = CheckFraming(head)) co_return refusal;
  if (static_cast<size_t>(std::distance(head.begin(), head.end())) > limits_.fields) {
    co_return Refusal{431, fmt::format("the request's header has too many fields: limit is {}", limits_.fields)};
  }
  auto taken = Take(parser_.get());
  if (!taken.ok()) co_return Refusal{400, taken.error().message};
  incoming_ = std::move(taken).value();
  handed_on_ = hands_on_ && !parser_.is_done() && hands_on_(*incoming_.request);
  if (handed_on_) co_return std::nullopt;
  if (parser_.content_length().value_or(0) > limits_.body_bytes) {
    co_return RefusalFor(make_error_code(beast::error::body_limit), false);
  }
  parser_.body_limit(limits_.body_bytes);
  co_return std::nullopt;
}

bool RequestReader::BodyFollows() const { return pieces_ ? !pieces_->is_done() : !parser_.is_done(); }

Task<bool> RequestReader::AskForBody() {
  const bool waits = incoming_.chunks && !parser_.get()[beast::field::expect].empty() && wire_.buffer().size() == 0;
  if (!waits) co_return true;
  const Status sent = co_await wire_.Write("HTTP/1.1 100 Continue\r\n\r\n", limits_.write);
  co_return sent.ok();
}

std::optional<Refusal> RequestReader::Look(BodyShare& share, const BodyTerms& terms) {
  const std::string& body = parser_.get().body();
  if (check_) {
    if (auto refusal = check_->Take(std::string_view(body).substr(looked_at_))) return refusal;
  }
  looked_at_ = body.size();
  if (body.size() > terms.bytes) return Refusal{413, fmt::format("Request entity too large: limit is {}", terms.bytes)};
  if (body.size() <= limits_.reader_body_bytes || share.Grow(body.size())) return std::nullopt;
  return Refusal{429, "the server holds as many large bodies as it takes; try again in a second"};
}

Task<std::optional<Refusal>> RequestReader::Body(BodyTerms terms) {
  if (parser_.is_done()) co_return std::nullopt;
  const bool asked = co_await AskForBody();
  if (!asked) co_return Refusal();
  if (check_body_) check_ = check_body_(*incoming_.request);
  auto share = std::make_shared<BodyShare>(terms.room, incoming_.request->user.name);
  const Deadline deadline(wire_.alarm(), terms.limit);
  parser_.eager(true);
  while (!parser_.is_done()) {
    boost::system::error_code code;
    co_await beast::async_read_some(wire_.transport(), wire_.buffer(), parser_,
                                    asio::redirect_error(asio::use_awaitable, code));
    if (code) co_return RefusalFor(code, deadline.expired());
    if (auto refusal = Look(*share, terms)) co_return refusal;
  }
  incoming_.request->body = std::move(parser_.get().body());
  incoming_.request->room = std::move(share);
  co_return std::nullopt;
}

Task<Result<std::string>> RequestReader::Piece(Duration limit) {
  constexpr size_t kPieceBytes = 64 * 1024;
  if (!pieces_) {
    const bool asked = co_await AskForBody();
    if (!asked) co_return MakeError(ErrorCode::kUnavailable, "the client is gone");
    pieces_.emplace(std::move(parser_));
    pieces_->eager(false);  // a piece does not wait for what follows it
  }
  std::string piece(kPieceBytes, '\0');
  const Deadline deadline(wire_.alarm(), limit);
  while (!pieces_->is_done()) {
    auto& body = pieces_->get().body();
    body.data = piece.data();
    body.size = piece.size();
    boost::system::error_code code;
    co_await beast::async_read_some(wire_.transport(), wire_.buffer(), *pieces_,
                                    asio::redirect_error(asio::use_awaitable, code));
    if (code && code != beast::error::need_buffer) {
      const std::string why = deadline.expired() ? "the client sent nothing for too long" : code.message();
      co_return MakeError(ErrorCode::kUnavailable, "the request's body ended early: " + why);
    }
    const size_t have = piece.size() - body.size;
    if (have == 0) continue;
    piece.resize(have);
    co_return piece;
  }
  co_return std::string();
}

}  // namespace ordinal::http

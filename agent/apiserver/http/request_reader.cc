#include "agent/apiserver/http/request_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/http/read.hpp>

#include "agent/apiserver/http/target.h"

namespace ordinal::apiserver::front {
namespace {

namespace http = boost::beast::http;

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c); });
  return lower;
}

/// RFC 6750 2.1. Another scheme is no credential that we know: it is kept as one that nobody accepts.
std::string Bearer(std::string_view authorization) {
  const size_t space = std::min(authorization.find(' '), authorization.size());
  if (Lower(authorization.substr(0, space)) != "bearer") return authorization.empty() ? "" : " ";
  const size_t token = authorization.find_first_not_of(' ', space);
  return token == std::string_view::npos ? " " : std::string(authorization.substr(token));
}

Result<Incoming> Take(const http::request<http::string_body>& message) {
  Incoming incoming;
  Request& request = incoming.request;
  incoming.head = message.method() == http::verb::head;
  incoming.keep_alive = message.keep_alive();
  incoming.chunks = message.version() >= 11;
  request.method = incoming.head ? "GET" : std::string(message.method_string());
  request.target = std::string(message.target());
  TRY(auto target, ParseTarget(request.target));
  request.segments = std::move(target.segments);
  request.query = std::move(target.query);
  for (const auto& field : message) {
    auto name = Lower(field.name_string());
    if (name == "authorization") {
      incoming.bearer = Bearer(field.value());
    } else {
      request.headers.emplace(std::move(name), std::string(field.value()));
    }
  }
  return incoming;
}

}  // namespace

RequestReader::RequestReader(Wire& wire, const Limits& limits) : wire_(wire), limits_(limits) {
  parser_.header_limit(static_cast<uint32_t>(limits.header_bytes));
  parser_.body_limit(limits.body_bytes);
}

Refusal RequestReader::RefusalFor(const boost::system::error_code& code, bool timed_out) const {
  if (timed_out) return {408, "the request did not arrive in time"};
  if (code == http::error::header_limit || code == http::error::buffer_overflow) {
    return {431, fmt::format("the request's header is too large: limit is {}", limits_.header_bytes)};
  }
  if (code == http::error::body_limit) {
    return {413, fmt::format("Request entity too large: limit is {}", limits_.body_bytes)};
  }
  const bool ended = code == http::error::end_of_stream || code == http::error::partial_message;
  const auto& of_http = http::make_error_code(http::error::bad_method).category();
  if (!ended && code.category() == of_http) return {400, "this is no HTTP request: " + code.message()};
  return {};
}

Task<std::optional<Refusal>> RequestReader::Header() {
  if (wire_.buffer().size() == 0) {
    const Status first = co_await wire_.ReadSome(limits_.idle);
    if (!first.ok()) co_return Refusal();
  }
  boost::system::error_code code;
  const Deadline deadline(wire_.socket(), limits_.header);
  co_await http::async_read_header(wire_.tls(), wire_.buffer(), parser_,
                                   asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return RefusalFor(code, deadline.expired());
  auto taken = Take(parser_.get());
  if (!taken.ok()) co_return Refusal{400, taken.error().message};
  incoming_ = std::move(taken).value();
  co_return std::nullopt;
}

bool RequestReader::BodyFollows() const { return !parser_.is_done(); }

Task<std::optional<Refusal>> RequestReader::Body() {
  if (parser_.is_done()) co_return std::nullopt;
  if (Lower(parser_.get()[http::field::expect]) == "100-continue") {
    const Status sent = co_await wire_.Write("HTTP/1.1 100 Continue\r\n\r\n", limits_.write);
    if (!sent.ok()) co_return Refusal();
  }
  boost::system::error_code code;
  const Deadline deadline(wire_.socket(), limits_.body);
  co_await http::async_read(wire_.tls(), wire_.buffer(), parser_, asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return RefusalFor(code, deadline.expired());
  incoming_.request.body = std::move(parser_.get().body());
  co_return std::nullopt;
}

}  // namespace ordinal::apiserver::front

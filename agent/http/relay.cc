#include "agent/http/relay.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>
#include <iterator>
#include <sstream>

#include "agent/base/log.h"
#include "agent/http/target.h"

namespace ordinal::http {
namespace {

namespace beast = boost::beast::http;
using asio::ip::tcp;
using Head = beast::response_parser<beast::empty_body>;

constexpr std::chrono::seconds kConnect{10};    // to a server of this host
constexpr std::chrono::seconds kAnswer{30};     // until it has answered: attach may wait for a starting container
constexpr std::chrono::seconds kLastMoment{5};  // for the client, once the upstream has ended
constexpr std::string_view kScheme = "http://";
constexpr uint64_t kBodyBytes = 16 * 1024 * 1024;  // of an answer without a switch: a Status or an error's text

Error Broken(std::string_view what, const std::string& why) {
  return MakeError(ErrorCode::kUnavailable, fmt::format("{}: {}", what, why));
}

/// Header fields that are made anew for the next hop.
bool StaysBehind(const std::string& name) {
  return name == "host" || name == "content-length" || name == "transfer-encoding" || name == "expect" ||
         name == "authorization" || name.starts_with("impersonate-") || name == "accept-encoding";
}

bool IsSet(const Proxy& proxy, const std::string& name) {
  return std::any_of(proxy.set_headers.begin(), proxy.set_headers.end(),
                     [&name](const auto& header) { return header.first == name; });
}

Response AsOurs(const beast::response<beast::string_body>& theirs) {
  Response ours;
  ours.status = theirs.result_int();
  ours.content_type = std::string(theirs[beast::field::content_type]);
  for (const auto& field : theirs) {
    switch (field.name()) {
      case beast::field::connection:
      case beast::field::content_length:
      case beast::field::content_type:
      case beast::field::date:
      case beast::field::keep_alive:
      case beast::field::transfer_encoding:
      case beast::field::upgrade: break;
      default: ours.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
  }
  ours.body = theirs.body();
  return ours;
}

}  // namespace

Result<RelayTarget> ParseRelayUrl(const std::string& url) {
  const auto invalid = [&url] {
    const std::string shown = url.substr(0, url.find_first_of("/?", kScheme.size()));  // the path may be a secret
    return MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" is no http:// address of a server on this host", shown));
  };
  if (!url.starts_with(kScheme)) return invalid();
  RelayTarget target;
  const size_t path = std::min(url.find_first_of("/?", kScheme.size()), url.size());
  target.authority = url.substr(kScheme.size(), path - kScheme.size());
  target.target = path < url.size() ? url.substr(path) : "/";
  if (target.target.front() != '/') target.target.insert(0, "/");
  std::string host = target.authority;
  uint16_t port = 80;
  const size_t colon = host.rfind(':');
  if (colon != std::string::npos && host.find(']', colon) == std::string::npos) {
    const char* last = host.data() + host.size();
    const auto [end, error] = std::from_chars(host.data() + colon + 1, last, port);
    if (error != std::errc() || end != last) return invalid();
    host.resize(colon);
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  boost::system::error_code code;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, code);
  if (code) return invalid();
  target.endpoint = tcp::endpoint(address, port);
  return target;
}

std::string UpstreamHead(const Request& request, const Proxy& proxy, const RelayTarget& to) {
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, to.target, to.authority);
  auto out = std::back_inserter(head);
  for (const auto& [name, value] : request.headers) {
    if (!StaysBehind(name) && !IsSet(proxy, name)) fmt::format_to(out, "{}: {}\r\n", name, value);
  }
  for (const auto& [name, value] : proxy.set_headers) {
    if (!value.empty()) fmt::format_to(out, "{}: {}\r\n", name, value);
  }
  if (!request.body.empty() || request.method != "GET") {
    fmt::format_to(out, "Content-Length: {}\r\n", request.body.size());
  }
  return head + "\r\n";
}

Relay::Relay(Wire& wire, const Failure& failure)
    : wire_(wire),
      failure_(failure),
      upstream_(wire.socket().get_executor()),
      other_way_done_(upstream_.get_executor()) {}

void Relay::Abort() {
  boost::system::error_code ignored;
  upstream_.shutdown(tcp::socket::shutdown_both, ignored);
  upstream_.cancel(ignored);
}

Task<Status> Relay::Send(const Request& request, const Proxy& proxy) {
  CO_TRY(const auto to, ParseRelayUrl(proxy.url));
  boost::system::error_code code;
  upstream_.open(to.endpoint.protocol(), code);
  if (code) co_return Broken("open a socket", code.message());
  const Deadline deadline(alarm_, kConnect);
  co_await upstream_.async_connect(Socket::endpoint_type(to.endpoint), asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return Broken("connect to " + to.authority, code.message());
  upstream_.set_option(tcp::no_delay(true), code);
  const std::string message = UpstreamHead(request, proxy, to) + request.body;
  co_await asio::async_write(upstream_, asio::buffer(message), asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return Broken("write to " + to.authority, code.message());
  co_return Status();
}

Task<std::optional<Response>> Relay::Run(const Request& request, const Proxy& proxy) {
  const Status sent = co_await Send(request, proxy);
  if (!sent.ok()) {
    log::Warning("http: {} {}: {}", request.method, PathOf(request.target), sent.error().message);
    co_return failure_(502, "the runtime's streaming server cannot be reached: " + sent.error().message);
  }
  boost::beast::flat_buffer read(64 * 1024);
  Head head;
  head.body_limit(kBodyBytes);
  boost::system::error_code code;
  auto deadline = std::make_unique<Deadline>(alarm_, kAnswer);
  co_await beast::async_read_header(upstream_, read, head, asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return failure_(502, "the runtime's streaming server gives no answer: " + code.message());
  const bool switched = head.get().result() == beast::status::switching_protocols;
  if (switched && request.Header("upgrade").empty()) {
    co_return failure_(502, "the runtime's streaming server switched to another protocol unasked");
  }
  if (!switched) {
    beast::response_parser<beast::string_body> whole(std::move(head));
    co_await beast::async_read(upstream_, read, whole, asio::redirect_error(asio::use_awaitable, code));
    if (code) co_return failure_(502, "the runtime's streaming server broke off its answer: " + code.message());
    co_return AsOurs(whole.get());
  }
  deadline.reset();
  std::ostringstream first;
  first << head.get().base();
  co_await PassBoth(first.str() + boost::beast::buffers_to_string(read.data()),
                    boost::beast::buffers_to_string(wire_.buffer().data()));
  co_return std::nullopt;
}

Task<void> Relay::PassBoth(std::string first_to_client, std::string first_to_upstream) {
  wire_.buffer().clear();
  Spawn(upstream_.get_executor(), "http relay", ClientToUpstream(std::move(first_to_upstream)));
  co_await UpstreamToClient(std::move(first_to_client));
  // The upstream has ended: the client hears it, and what it still sends has a last moment to arrive.
  co_await wire_.Shutdown(kLastMoment);
  wire_.Abort();
  Abort();
  co_await other_way_done_.Wait();
}

Task<void> Relay::ClientToUpstream(std::string first) {
  boost::system::error_code code;
  co_await asio::async_write(upstream_, asio::buffer(first), asio::redirect_error(asio::use_awaitable, code));
  while (!code) {
    const size_t count =
        co_await wire_.transport().async_read_some(asio::buffer(up_), asio::redirect_error(asio::use_awaitable, code));
    if (code) break;
    co_await asio::async_write(upstream_, asio::buffer(up_, count), asio::redirect_error(asio::use_awaitable, code));
  }
  // A proper goodbye of TLS ends one direction; anything else means that the client is gone.
  boost::system::error_code ignored;
  const bool half = code == asio::error::eof;
  upstream_.shutdown(half ? tcp::socket::shutdown_send : tcp::socket::shutdown_both, ignored);
  other_way_done_.Notify();
}

Task<void> Relay::UpstreamToClient(std::string first) {
  const Status sent = co_await wire_.Write(first, std::nullopt);
  if (!sent.ok()) co_return;
  boost::system::error_code code;
  while (!code) {
    const size_t count =
        co_await upstream_.async_read_some(asio::buffer(down_), asio::redirect_error(asio::use_awaitable, code));
    if (code) co_return;
    const Status written = co_await wire_.Write(std::string_view(down_.data(), count), std::nullopt);
    if (!written.ok()) co_return;
  }
}

}  // namespace ordinal::http

#include "agent/http/upstream.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <cctype>
#include <charconv>
#include <iterator>
#include <sstream>

#include "agent/http/gzip.h"

namespace ordinal::http {
namespace {

namespace beast = boost::beast::http;
using asio::ip::tcp;
using UpgradeHead = beast::response_parser<beast::empty_body>;

constexpr std::chrono::seconds kUpgradeConnect{10};  // to a server of this host
constexpr std::chrono::seconds kUpgradeAnswer{30};   // attach may wait for a starting container
constexpr uint64_t kRefusalBytes = 64 * 1024;        // of an answer without a switch: a Status or an error's text
static_assert(kRefusalBytes < kGzipFrom, "what another server sends is not compressed");
constexpr int kMostPreliminary = 6;  // answers of 1xx
constexpr size_t kSlice = 64 * 1024;
constexpr std::string_view kPlainScheme = "http://", kTlsScheme = "https://";

/// Go's words for an error of the network.
std::string GoWords(const boost::system::error_code& code, bool timed_out) {
  if (timed_out) return "i/o timeout";
  if (code == asio::error::eof || code == beast::error::end_of_stream) return "EOF";
  std::string words = code.message();
  if (!words.empty()) words.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(words.front())));
  return words;
}

Error Unanswered(const char* what, const boost::system::error_code& code, bool timed_out) {
  if (code == beast::error::body_limit) {
    return MakeError(ErrorCode::kUnavailable, fmt::format("its answer has more than {} bytes", kRefusalBytes));
  }
  return MakeError(ErrorCode::kUnavailable, fmt::format("{}: {}", what, GoWords(code, timed_out)));
}

/// 101 is the last answer of HTTP.
bool IsPreliminary(const UpgradeHead& head) {
  const auto status = head.get().result_int();
  return status >= 100 && status < 200 && status != 101;
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

/// Of upstreams, whose certificates say nothing: a pod has none that anybody signed.
std::shared_ptr<asio::ssl::context> AnyCertificate() {
  static const std::shared_ptr<asio::ssl::context> context = [] {
    auto made = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    made->set_verify_mode(asio::ssl::verify_none);
    return made;
  }();
  return context;
}

}  // namespace

Result<RelayTarget> ParseRelayUrl(const std::string& url) {
  const auto invalid = [&url] {
    // The path may be a secret.
    const std::string shown = url.substr(0, url.find_first_of("/?", kTlsScheme.size()));
    return MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" is no http:// address in numbers", shown));
  };
  RelayTarget target;
  target.tls = url.starts_with(kTlsScheme);
  if (!target.tls && !url.starts_with(kPlainScheme)) return invalid();
  const size_t begin = target.tls ? kTlsScheme.size() : kPlainScheme.size();
  const size_t path = std::min(url.find_first_of("/?", begin), url.size());
  target.authority = url.substr(begin, path - begin);
  target.target = path < url.size() ? url.substr(path) : "/";
  if (target.target.front() != '/') target.target.insert(0, "/");
  std::string host = target.authority;
  uint16_t port = target.tls ? 443 : 80;
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
  const std::string_view named = proxy.keeps_host ? request.Header("host") : std::string_view();
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", request.head ? "HEAD" : request.method, to.target,
                                 named.empty() ? std::string_view(to.authority) : named);
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

Upstream::Upstream(const Executor& executor) : executor_(executor) {}

Error Upstream::Broken(const std::string& doing, const boost::system::error_code& code, bool timed_out) const {
  return MakeError(ErrorCode::kUnavailable, fmt::format("{}: {}", doing, GoWords(code, timed_out || aborted_)));
}

Task<Status> Upstream::Connect(RelayTarget to, Duration limit) {
  told_ = "dial tcp " + to.authority;
  opened_.emplace(Socket(executor_), to.tls ? AnyCertificate() : nullptr);
  Socket& socket = opened_->transport.socket();
  boost::system::error_code code;
  socket.open(to.endpoint.protocol(), code);
  if (code || aborted_) co_return Broken(told_, code, false);
  const Deadline deadline(opened_->alarm, limit);
  const Socket::endpoint_type endpoint(to.endpoint);
  co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, code));
  if (code || aborted_) co_return Broken(told_ + ": connect", code, deadline.expired());
  socket.set_option(tcp::no_delay(true), code);
  socket.set_option(asio::socket_base::keep_alive(true), code);
  auto* const tls = opened_->transport.tls();
  if (tls == nullptr) co_return Status();
  co_await tls->async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return Broken(told_ + ": tls", code, deadline.expired());
  co_return Status();
}

Task<Status> Upstream::Write(std::string_view bytes, std::optional<Duration> stall) {
  while (!bytes.empty()) {
    const auto slice = asio::buffer(bytes.data(), std::min(bytes.size(), kSlice));
    std::optional<Deadline> deadline;
    if (stall) deadline.emplace(alarm(), *stall);
    boost::system::error_code code;
    co_await asio::async_write(transport(), slice, asio::redirect_error(asio::use_awaitable, code));
    if (code) co_return Broken("write", code, deadline && deadline->expired());
    bytes.remove_prefix(slice.size());
  }
  co_return Status();
}

Task<Result<size_t>> Upstream::ReadSome(asio::mutable_buffer into, std::optional<Duration> limit) {
  std::optional<Deadline> deadline;
  if (limit) deadline.emplace(alarm(), *limit);
  boost::system::error_code code;
  const size_t count =
      co_await transport().async_read_some(asio::buffer(into), asio::redirect_error(asio::use_awaitable, code));
  if (code == asio::error::eof || code == asio::ssl::error::stream_truncated) co_return size_t{0};
  if (code) co_return Broken("read", code, deadline && deadline->expired());
  co_return count;
}

void Upstream::EndWriting() {
  if (!opened_) return;
  if (opened_->transport.tls() != nullptr) return Abort();  // a goodbye of TLS is one of both ways to most servers
  boost::system::error_code ignored;
  opened_->transport.socket().shutdown(Socket::shutdown_send, ignored);
}

void Upstream::Abort() {
  aborted_ = true;
  if (!opened_) return;
  boost::system::error_code ignored;
  opened_->transport.socket().shutdown(Socket::shutdown_both, ignored);
  opened_->transport.socket().cancel(ignored);
}

namespace {

/// Its own answer, in which it says why it does not switch.
Task<Result<Response>> ReadRefusal(Upstream& upstream, boost::beast::flat_buffer& read, UpgradeHead& head,
                                   const Deadline& deadline) {
  beast::response_parser<beast::string_body> whole(std::move(head));
  boost::system::error_code code;
  co_await beast::async_read(upstream.transport(), read, whole, asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return Unanswered("the answer was broken off", code, deadline.expired());
  co_return AsOurs(whole.get());
}

}  // namespace

Task<Result<Switched>> AskUpgrade(Upstream& upstream, const Request& request, const Proxy& proxy) {
  CO_TRY(const RelayTarget to, ParseRelayUrl(proxy.url));
  if (to.tls && !proxy.any_certificate) {
    co_return MakeError(ErrorCode::kNotSupported, "https:// is not supported there: its certificate is nobody's");
  }
  CO_TRYV(co_await upstream.Connect(to, kUpgradeConnect));
  const std::string message = UpstreamHead(request, proxy, to) + request.body;
  CO_TRYV(co_await upstream.Write(message, kUpgradeAnswer));
  boost::beast::flat_buffer read(64 * 1024);
  std::optional<UpgradeHead> parser;
  boost::system::error_code code;
  const Deadline deadline(upstream.alarm(), kUpgradeAnswer);
  for (int before = 0; before < kMostPreliminary; ++before) {
    parser.emplace();
    parser->body_limit(kRefusalBytes);
    parser->skip(request.head);
    co_await beast::async_read_header(upstream.transport(), read, *parser,
                                      asio::redirect_error(asio::use_awaitable, code));
    if (code) co_return Unanswered("there is no answer", code, deadline.expired());
    if (!IsPreliminary(*parser)) break;
  }
  UpgradeHead& head = *parser;
  Switched switched;
  if (head.get().result() != beast::status::switching_protocols) {
    if (IsPreliminary(head)) co_return MakeError(ErrorCode::kUnavailable, "it sends preliminary answers without end");
    CO_TRY(switched.refusal, co_await ReadRefusal(upstream, read, head, deadline));
    co_return switched;
  }
  if (request.Header("upgrade").empty()) {
    co_return MakeError(ErrorCode::kUnavailable, "it switched to another protocol unasked");
  }
  std::ostringstream text;
  text << head.get().base();
  switched.head = text.str();
  switched.first = boost::beast::buffers_to_string(read.data());
  co_return switched;
}

}  // namespace ordinal::http

#include "agent/probes/http_get.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <memory>
#include <optional>
#include <string_view>

#include "agent/probes/check.h"
#include "agent/probes/dial.h"

namespace ordinal::probes {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr int kMostRedirects = 10;
constexpr int kMostBefore = 6;  // answers, of which the last one counts
constexpr unsigned kHttp11 = 11;
constexpr uint32_t kMostHeader = 256 * 1024;
constexpr uint32_t kMostAdded = 256 * 1024;  // by Proper()
constexpr char kAgent[] = "kube-probe/1.36";

struct Answer {
  HttpAnswer told;
  std::string location;
};

http::request<http::empty_body> RequestOf(const Url& url, const Headers& headers) {
  http::request<http::empty_body> request(http::verb::get, url.target, kHttp11);
  request.set(http::field::host, url.Authority());
  request.set(http::field::user_agent, kAgent);
  request.set(http::field::accept, "*/*");
  bool first_host = true;
  for (const auto& [name, value] : headers) {
    const http::field field = http::string_to_field(name);
    if (field == http::field::host) {
      if (std::exchange(first_host, false) && !value.empty()) request.set(http::field::host, value);
    } else if (field == http::field::user_agent || field == http::field::accept) {
      request.erase(field);
      if (!value.empty()) request.set(field, value);
    } else if (field != http::field::connection && field != http::field::content_length &&
               field != http::field::transfer_encoding) {
      request.insert(name, value);
    }
  }
  request.set(http::field::connection, "close");
  return request;
}

std::string Words(const boost::system::error_code& code) {
  if (code == http::error::end_of_stream || code == asio::error::eof || code == http::error::partial_message) {
    return "EOF";
  }
  if (code == asio::error::operation_aborted) return "context deadline exceeded";
  return NetworkWords(code);
}

/// Another answer follows.
bool Preliminary(unsigned status) { return status >= 100 && status < 200 && status != 101; }

/// Of a head that ends in an empty line, with the ends of lines and the blank after the status that HTTP asks for: many
/// a server of a few lines leaves them out, and Go takes it.
std::string Proper(std::string_view head) {
  std::string out;
  bool first = true;
  while (!head.empty()) {
    const size_t end = head.find('\n');
    std::string_view line = head.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out += line;
    if (std::exchange(first, false) && std::count(line.begin(), line.end(), ' ') == 1) out += ' ';
    out += "\r\n";
    head.remove_prefix(end + 1);
  }
  return out;
}

/// The bytes up to the end of the empty line after a head; nothing when it is not there. It does not begin before
/// `from`.
size_t HeadIn(std::string_view bytes, size_t from) {
  for (size_t end = bytes.find('\n', from); end != std::string_view::npos; end = bytes.find('\n', end + 1)) {
    const std::string_view rest = bytes.substr(end + 1);
    if (rest.starts_with('\n')) return end + 2;
    if (rest.starts_with("\r\n")) return end + 3;
  }
  return 0;
}

/// Reads until there is a head, and puts it right.
template <class Stream>
Task<boost::system::error_code> ReadHead(Stream& stream, beast::flat_buffer& read) {
  constexpr size_t kPiece = 4096;
  const auto all = [&read] { return std::string_view(static_cast<const char*>(read.data().data()), read.size()); };
  boost::system::error_code code;
  size_t head = HeadIn(all(), 0);
  while (head == 0 && read.size() < kMostHeader) {
    const size_t got =
        co_await stream.async_read_some(read.prepare(kPiece), asio::redirect_error(asio::use_awaitable, code));
    if (code) co_return code;
    const size_t before = read.size();
    read.commit(got);
    head = HeadIn(all(), before - std::min<size_t>(before, 2));
  }
  if (head == 0) co_return make_error_code(http::error::header_limit);
  const std::string proper = Proper(all().substr(0, head)) + std::string(all().substr(head));
  read.clear();
  const auto room = read.prepare(proper.size());
  std::copy(proper.begin(), proper.end(), static_cast<char*>(room.data()));
  read.commit(proper.size());
  co_return code;
}

template <class Stream>
Task<Result<Answer>> Exchange(Stream& stream, http::request<http::empty_body> request) {
  boost::system::error_code code, unsent;
  // Who answers without reading what is asked has answered.
  co_await http::async_write(stream, request, asio::redirect_error(asio::use_awaitable, unsent));
  if (unsent == asio::error::operation_aborted) co_return MakeError(ErrorCode::kCancelled, Words(unsent));
  beast::flat_buffer read;
  std::optional<http::response_parser<http::buffer_body>> reader;
  for (int before = 0; before < kMostBefore && (!reader || Preliminary(reader->get().result_int())); ++before) {
    reader.emplace();
    reader->body_limit(boost::none);
    reader->header_limit(kMostHeader + kMostAdded);
    code = co_await ReadHead(stream, read);
    if (!code) co_await http::async_read_header(stream, read, *reader, asio::redirect_error(asio::use_awaitable, code));
    if (code && unsent) co_return MakeError(ErrorCode::kUnavailable, "write: " + Words(unsent));
    if (code) co_return MakeError(ErrorCode::kUnavailable, Words(code));
  }
  auto& parser = *reader;
  Answer answer;
  auto& message = parser.get();
  std::string& body = answer.told.body;
  body.resize(kMostSaid);
  message.body().data = body.data();
  message.body().size = body.size();
  if (!parser.is_done()) {
    co_await http::async_read(stream, read, parser, asio::redirect_error(asio::use_awaitable, code));
  }
  // A longer body is cut, and many a server ends TLS without saying so: the status says enough.
  if (code && code != http::error::need_buffer && code != asio::ssl::error::stream_truncated) {
    co_return MakeError(ErrorCode::kUnavailable, Words(code));
  }
  body.resize(kMostSaid - message.body().size);
  answer.told.status = message.result_int();
  answer.location = std::string(message[http::field::location]);
  co_return answer;
}

asio::ssl::context& Unverified() {
  static asio::ssl::context context = [] {
    asio::ssl::context made(asio::ssl::context::tls_client);
    made.set_verify_mode(asio::ssl::verify_none);
    return made;
  }();
  return context;
}

Task<Result<Answer>> AskOnce(Url url, http::request<http::empty_body> request) {
  CO_TRY(tcp::socket socket, co_await Dial(url.host, url.port));
  if (!url.tls) co_return co_await Exchange(socket, std::move(request));
  asio::ssl::stream<tcp::socket&> stream(socket, Unverified());
  boost::system::error_code code;
  asio::ip::make_address(url.host, code);
  if (code) SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return MakeError(ErrorCode::kUnavailable, "tls: " + Words(code));
  co_return co_await Exchange(stream, std::move(request));
}

bool Redirects(const Answer& answer) {
  const unsigned status = answer.told.status;
  const bool of_these = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  return of_these && !answer.location.empty();
}

}  // namespace

Task<Result<HttpAnswer>> HttpGet(Url url, Headers headers) {
  const std::string first_host = url.host;
  for (int redirects = 0;; ++redirects) {
    const std::string asked = fmt::format("Get \"{}\"", url.Text());
    auto answer = co_await AskOnce(url, RequestOf(url, headers));
    if (!answer.ok()) co_return std::move(answer).error().With(asked);
    if (!Redirects(*answer)) co_return std::move(answer->told);
    Result<Url> next = Resolve(url, answer->location);
    if (!next.ok()) co_return std::move(next).error().With(asked);
    if (next->host != first_host) co_return std::move(answer->told);
    if (redirects + 1 >= kMostRedirects) {
      co_return MakeError(ErrorCode::kInvalid, fmt::format("{}: stopped after {} redirects", asked, kMostRedirects));
    }
    url = std::move(*next);
  }
}

}  // namespace ordinal::probes

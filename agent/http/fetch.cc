#include "agent/http/fetch.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

#include "agent/base/openssl.h"
#include "agent/http/deadline.h"
#include "agent/http/transport.h"

namespace ordinal::http {
namespace {

namespace beast = boost::beast::http;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using Endpoints = std::vector<tcp::endpoint>;

constexpr unsigned kHttp11 = 11;
constexpr uint32_t kHeaderBytes = 64 * 1024;

Error Failed(const std::string& what, const boost::system::error_code& code, bool late) {
  return MakeError(ErrorCode::kUnavailable, fmt::format("{}: {}", what, late ? "it took too long" : code.message()));
}

Task<Result<Endpoints>> Find(HttpsUrl url, BlockingPool& lookups) {
  boost::system::error_code code;
  const auto address = asio::ip::make_address(url.host, code);
  if (!code) co_return Endpoints{tcp::endpoint(address, url.port)};
  auto look = [url]() -> Result<Endpoints> {
    asio::io_context io;
    tcp::resolver resolver(io);
    boost::system::error_code failed;
    const auto found = resolver.resolve(url.host, std::to_string(url.port), failed);
    if (failed) return Failed("look up " + url.host, failed, false);
    Endpoints endpoints;
    for (const auto& entry : found) endpoints.push_back(entry.endpoint());
    return TwoOf(std::move(endpoints));
  };
  co_return co_await lookups.Run(std::move(look));
}

struct Line {
  Line(Socket socket, Trust trust) : transport(std::move(socket), std::move(trust)), alarm(transport.socket()) {}
  Transport transport;
  Alarm alarm;
};

Task<Result<std::unique_ptr<Line>>> Dial(Endpoints endpoints, Trust trust, Duration limit) {
  const Executor executor = co_await asio::this_coro::executor;
  boost::system::error_code code = asio::error::host_not_found;
  bool late = false;
  for (const tcp::endpoint& to : endpoints) {
    auto line = std::make_unique<Line>(Socket(executor), trust);
    line->transport.socket().open(to.protocol(), code);
    if (code) continue;
    const Deadline deadline(line->alarm, limit);
    const Socket::endpoint_type endpoint(to);
    co_await line->transport.socket().async_connect(endpoint, asio::redirect_error(asio::use_awaitable, code));
    late = deadline.expired();
    if (!code) co_return line;
  }
  co_return Failed("connect", code, late);
}

/// What OpenSSL did not like of the certificate, where that was it.
std::string WhyUntrusted(SSL* connection) {
  const long verdict = SSL_get_verify_result(connection);
  return verdict == X509_V_OK ? std::string() : fmt::format(" ({})", X509_verify_cert_error_string(verdict));
}

/// The certificate has to be for `host`, a name or an address; a name is told to the server.
bool Expects(SSL* connection, const std::string& host) {
  boost::system::error_code code;
  asio::ip::make_address(host, code);
  if (!code) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str()) == 1;
  return SSL_set1_host(connection, host.c_str()) == 1 && SSL_set_tlsext_host_name(connection, host.c_str()) == 1;
}

Task<Status> Shake(Line& line, const std::string& host) {
  auto* const tls = line.transport.tls();
  boost::system::error_code code;
  if (!Expects(tls->native_handle(), host)) co_return LastError("TLS to " + host);
  co_await tls->async_handshake(ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, code));
  if (!code) co_return Status();
  co_return Failed("TLS" + WhyUntrusted(tls->native_handle()), code, code == asio::error::operation_aborted);
}

Task<Result<std::string>> Ask(Line& line, const HttpsUrl& url, uint64_t most) {
  beast::request<beast::empty_body> request(beast::verb::get, url.target, kHttp11);
  request.set(beast::field::host, url.authority);
  request.set(beast::field::user_agent, "ordinald");
  request.set(beast::field::accept, "application/json");
  request.set(beast::field::connection, "close");
  boost::system::error_code code;
  co_await beast::async_write(line.transport, request, asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return Failed("write", code, code == asio::error::operation_aborted);
  boost::beast::flat_buffer read(kHeaderBytes + most);
  beast::response_parser<beast::string_body> answer;
  answer.header_limit(kHeaderBytes);
  answer.body_limit(most);
  co_await beast::async_read(line.transport, read, answer, asio::redirect_error(asio::use_awaitable, code));
  if (code == beast::error::body_limit) {
    co_return MakeError(ErrorCode::kUnavailable, fmt::format("the answer has more than {} bytes", most));
  }
  if (code) co_return Failed("read", code, code == asio::error::operation_aborted);
  if (answer.get().result() != beast::status::ok) {
    co_return MakeError(ErrorCode::kUnavailable, fmt::format("the answer is {}", answer.get().result_int()));
  }
  co_return std::move(answer.get().body());
}

}  // namespace

Result<Trust> MakeTrust(const std::string& roots) {
  auto trust = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX* const context = trust->native_handle();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  trust->set_verify_mode(ssl::verify_peer);
  if (roots.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) != 1) return LastError("read the host's certificates");
    return trust;
  }
  const Bio text = Reader(roots);
  size_t count = 0;
  while (const auto root = ordinal::Certificate(PEM_read_bio_X509(text.get(), nullptr, RefusePassword, nullptr))) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root.get()) != 1) return LastError("add a certificate");
    ++count;
  }
  X509_STORE_set_flags(SSL_CTX_get_cert_store(context), X509_V_FLAG_PARTIAL_CHAIN);
  // The last reading finds no more; any other reason is a fault.
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (count == 0 || !ended)
    return MakeError(ErrorCode::kInvalid, "holds no certificates in PEM, or one that is damaged");
  return trust;
}

Endpoints TwoOf(Endpoints found) {
  if (found.size() <= 2) return found;
  const auto other = [first = found.front().protocol()](const tcp::endpoint& to) { return to.protocol() != first; };
  const auto second = std::find_if(found.begin() + 1, found.end(), other);
  if (second != found.end()) found[1] = *second;
  found.resize(2);
  return found;
}

Task<Result<std::string>> Fetch(HttpsUrl url, Trust trust, BlockingPool& lookups, FetchLimits limits) {
  CO_TRY(Endpoints endpoints, co_await Find(url, lookups));
  CO_TRY(const std::unique_ptr<Line> line, co_await Dial(std::move(endpoints), std::move(trust), limits.dial));
  const Deadline deadline(line->alarm, limits.answer);
  CO_TRYV(co_await Shake(*line, url.host));
  co_return co_await Ask(*line, url, limits.bytes);
}

}  // namespace ordinal::http

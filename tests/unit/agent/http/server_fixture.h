// A server on loopback with its control thread, and a TLS client for it.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "agent/apiserver/auth/certificates.h"
#include "agent/apiserver/failure.h"
#include "agent/apiserver/rest/body_bounds.h"
#include "agent/apiserver/rest/protobuf.h"
#include "agent/http/server.h"

namespace ordinal::http {

namespace auth = apiserver::auth;
namespace beast = boost::beast::http;
using asio::ip::tcp;

/// Keys for all tests of a binary: a CA, a server's certificate and a client's.
struct TestKeys {
  static const TestKeys& Get() {
    static const TestKeys keys;
    return keys;
  }
  auth::KeyPair ca, server, client, stranger;

 private:
  TestKeys() {
    SeededRandom random(7);
    asio::io_context io;
    const WallTime now = RealClock(io.get_executor()).Now();
    const auth::Validity day{now, std::chrono::hours(24)};
    ca = *auth::MakeCa({"test-ca", {}}, day, random);
    server = *auth::Issue(ca, {"server", {}}, {"127.0.0.1", "localhost"}, day, random);
    client = *auth::Issue(ca, {"alice", {"system:masters", "ops"}}, {}, day, random);
    const auto other = *auth::MakeCa({"other-ca", {}}, day, random);
    stranger = *auth::Issue(other, {"mallory", {"system:masters"}}, {}, day, random);
  }
};

/// One TLS connection. Blocking; the test's own time limit ends a hang.
class TestClient {
 public:
  explicit TestClient(const std::string& endpoint, const auth::KeyPair* pair = nullptr, int only_version = 0) {
    const auto& ca = TestKeys::Get().ca.certificate;
    context_.add_certificate_authority(asio::buffer(ca));
    context_.set_verify_mode(asio::ssl::verify_peer);
    if (pair != nullptr) {
      context_.use_certificate_chain(asio::buffer(pair->certificate));
      context_.use_private_key(asio::buffer(pair->key), asio::ssl::context::pem);
    }
    if (only_version != 0) AllowOnly(only_version);
    stream_.emplace(io_, context_);
    const size_t colon = endpoint.rfind(':');
    const tcp::endpoint address(asio::ip::make_address(endpoint.substr(0, colon)),
                                static_cast<uint16_t>(std::stoi(endpoint.substr(colon + 1))));
    stream_->next_layer().connect(address);
  }

  /// Old versions too, which the system's configuration forbids to clients that do not insist.
  void AllowOnly(int version) {
    SSL_CTX_set_min_proto_version(context_.native_handle(), version);
    SSL_CTX_set_max_proto_version(context_.native_handle(), version);
    SSL_CTX_set_cipher_list(context_.native_handle(), "ALL:@SECLEVEL=0");
  }
  void OfferProtocols(const std::string& wire_format) {
    SSL_set_alpn_protos(stream_->native_handle(), reinterpret_cast<const unsigned char*>(wire_format.data()),
                        static_cast<unsigned>(wire_format.size()));
  }
  boost::system::error_code Handshake() {
    boost::system::error_code code;
    stream_->handshake(asio::ssl::stream_base::client, code);
    shaken_ = !code;
    return code;
  }
  /// Sends the bytes; false when the server has closed the connection.
  bool Send(const std::string& bytes) {
    if (!shaken_ && Handshake()) return false;
    boost::system::error_code code;
    asio::write(*stream_, asio::buffer(bytes), code);
    return !code;
  }
  /// Nothing when the connection ended before a whole response came.
  std::optional<beast::response<beast::string_body>> Receive(bool head = false) {
    beast::response_parser<beast::string_body> parser;
    parser.skip(head);
    parser.body_limit(64 * 1024 * 1024);
    boost::system::error_code code;
    beast::read(*stream_, buffer_, parser, code);
    if (code) return std::nullopt;
    return parser.release();
  }
  std::optional<beast::response<beast::string_body>> Get(const std::string& target, const std::string& fields = {}) {
    Send("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
    return Receive();
  }
  /// Exactly `count` bytes, or fewer when the connection ended.
  std::string Read(size_t count) {
    std::string text(count, '\0');
    boost::system::error_code code;
    size_t have = asio::buffer_copy(asio::buffer(text), buffer_.data());
    buffer_.consume(have);
    if (have < count) have += asio::read(*stream_, asio::buffer(text.data() + have, count - have), code);
    text.resize(have);
    return text;
  }
  /// Everything up to and with `end`.
  std::string ReadUntil(const std::string& end) {
    std::string text;
    while (!text.ends_with(end)) {
      const std::string next = Read(1);
      if (next.empty()) return text + "<ended>";
      text += next;
    }
    return text;
  }
  /// Whether the server has ended the connection, with a goodbye or without.
  bool Ended() { return Read(1).empty(); }
  void Close() { stream_->next_layer().close(); }
  /// Says the goodbye of TLS, and waits for the server's.
  void Goodbye() {
    boost::system::error_code code;
    stream_->shutdown(code);
  }
  SSL* ssl() { return stream_->native_handle(); }
  tcp::socket& socket() { return stream_->next_layer(); }

 private:
  asio::io_context io_;
  asio::ssl::context context_{asio::ssl::context::tls_client};
  std::optional<asio::ssl::stream<tcp::socket>> stream_;
  boost::beast::flat_buffer buffer_;
  bool shaken_ = false;
};

class ServerFixture : public ::testing::Test {
 protected:
  ServerFixture() : work_(control_.get_executor()), clock_(control_.get_executor()) {
    settings_.listen = {"127.0.0.1:0"};
    const TestKeys& keys = TestKeys::Get();
    settings_.failure = [](int status, std::string_view message) { return apiserver::Failure(status, message); };
    settings_.as_accepted = apiserver::rest::AnswerAsAccepted;
    settings_.check_body = apiserver::rest::CheckBody;
    settings_.certificates = {keys.server.certificate, keys.server.key, keys.ca.certificate};
    authenticate_ = [](const Credentials& shown) -> Result<User> {
      if (shown.certificate != nullptr) {
        return User{shown.certificate->common_name, shown.certificate->organizations, true};
      }
      if (shown.peer) return User{"user " + std::to_string(*shown.peer), {"local"}, true};
      if (shown.bearer.empty()) return User{"system:anonymous", {"system:unauthenticated"}, false};
      if (shown.bearer == "good") return User{"bob", {"readers"}, false};
      if (shown.bearer == "early") return MakeError(ErrorCode::kUnavailable, "nobody knows yet");
      return MakeError(ErrorCode::kPermissionDenied, "nobody");
    };
  }
  ~ServerFixture() override { StopAll(); }

  void Start(Handler handler) {
    thread_ = std::thread([this] { control_.run(); });
    server_ = std::make_unique<Server>(settings_, control_.get_executor(), clock_, authenticate_, std::move(handler));
    const Status started = server_->Start();
    ASSERT_TRUE(started.ok()) << started.error().message;
  }
  /// Stops the server as the agent does: on the control thread.
  void StopServer() {
    std::promise<void> done;
    asio::post(control_, [&] {
      server_.reset();
      done.set_value();
    });
    done.get_future().wait();
  }
  void StopAll() {
    if (server_) StopServer();
    work_.reset();
    if (thread_.joinable()) thread_.join();
  }
  std::string Endpoint() const { return server_->endpoints().front(); }
  std::thread::id ControlThread() const { return thread_.get_id(); }

  static Response Text(std::string text) {
    Response response;
    response.content_type = "text/plain";
    response.body = std::move(text);
    return response;
  }
  /// Answers "METHOD segment|segment".
  static Task<Response> Echo(std::shared_ptr<const Request> request) {
    std::string text = request->method + " ";
    for (const std::string& segment : request->segments) text += segment + "|";
    co_return Text(text + request->body);
  }

  asio::io_context control_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  RealClock clock_;
  ServerSettings settings_;
  Authenticate authenticate_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

}  // namespace ordinal::http

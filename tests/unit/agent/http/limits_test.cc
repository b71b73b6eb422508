#include <poll.h>

#include <list>
#include <nlohmann/json.hpp>

#include "agent/base/signal.h"
#include "tests/unit/agent/http/server_fixture.h"

namespace ordinal::http {
namespace {

using Json = nlohmann::json;

class LimitsTest : public ServerFixture {};

constexpr char kToken[] = "Authorization: Bearer good\r\n";

struct SentCase {
  const char* what;
  std::string sent;
  unsigned code;
  const char* reason;  ///< null: the reference has none
};

/// Answers with 32 MiB; `freed` is set once they are no more.
std::future<void> TellWhenFreed(ServerSettings& settings) {
  const auto freed = std::make_shared<std::promise<void>>();
  settings.prepare = Prepare{[](const Request&) { return true; },
                             [freed](Request& request) {
                               request.prepared =
                                   std::shared_ptr<void>(nullptr, [freed](void*) { freed->set_value(); });
                             }};
  return freed->get_future();
}

constexpr size_t kLarge = 32 << 20;

Task<Response> Large(std::shared_ptr<const Request>) {
  Response response;
  response.body = std::string(kLarge, 'x');
  co_return response;
}

TEST_F(LimitsTest, FreesALargeAnswerWhenItsClientLeaves) {
  const std::future<void> freed = TellWhenFreed(settings_);
  Start(Large);
  TestClient client(Endpoint());
  client.Send(std::string("GET /a HTTP/1.1\r\nHost: x\r\n") + kToken + "\r\n");
  EXPECT_EQ(client.Read(1), "H");
  client.Close();  // far from the limit for stalls
  EXPECT_EQ(freed.wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST_F(LimitsTest, FreesALargeAnswerOfWhoSendsAndTakesNothingMore) {
  settings_.limits.hurry = std::chrono::milliseconds(200);
  const std::future<void> freed = TellWhenFreed(settings_);
  Start(Large);
  TestClient client(Endpoint());
  client.Send(std::string("GET /a HTTP/1.1\r\nHost: x\r\n") + kToken + "\r\n");
  EXPECT_EQ(client.Read(1), "H");
  client.socket().shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(freed.wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST_F(LimitsTest, SendsAllOfALargeAnswerToWhoSendsNothingMore) {
  Start(Large);
  TestClient client(Endpoint());
  client.Send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  client.socket().shutdown(tcp::socket::shutdown_send);
  const auto response = client.Receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body().size(), kLarge);
}

TEST_F(LimitsTest, RefusesWithAStatusAndCloses) {
  settings_.limits.body_bytes = 1000;
  settings_.limits.header_bytes = 2000;
  Start(Echo);
  const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n";
  const std::string put = "PUT /a HTTP/1.1\r\nHost: x\r\n";
  const SentCase cases[] = {
      {"a large header", get + "X-Large: " + std::string(5000, 'x') + "\r\n\r\n", 431, nullptr},
      {"many headers",
       get +
           [] {
             std::string many;
             for (int i = 0; i < 300; ++i) many += "X-" + std::to_string(i) + ": x\r\n";
             return many;
           }() +
           "\r\n",
       431, nullptr},
      {"a body announced as too large", put + "Content-Length: 1001\r\n\r\n" + std::string(1001, 'x'), 413,
       "RequestEntityTooLarge"},
      {"a body announced and never sent", put + "Content-Length: 5000000000\r\n\r\n", 413, "RequestEntityTooLarge"},
      {"a body that grows too large",
       put + "Transfer-Encoding: chunked\r\n\r\n3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\nx\r\n0\r\n\r\n", 413,
       "RequestEntityTooLarge"},
      {"no HTTP", "hello\r\n\r\n", 400, "BadRequest"},
      {"two lengths", put + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400, "BadRequest"},
      {"a first line that is too long", "GET /" + std::string(5000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414,
       nullptr},
      {"a target that is no path", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400, "BadRequest"},
      {"a broken escape", "GET /%4 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "BadRequest"},
  };
  for (const SentCase& one : cases) {
    SCOPED_TRACE(one.what);
    TestClient client(Endpoint());
    client.Send(one.sent);
    const auto response = client.Receive();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->result_int(), one.code) << response->body();
    EXPECT_FALSE(response->keep_alive());
    const Json status = Json::parse(response->body());
    EXPECT_EQ(status["kind"], "Status");
    EXPECT_EQ(status["code"], one.code);
    EXPECT_EQ(status.value("reason", ""), one.reason == nullptr ? "" : one.reason);
    EXPECT_TRUE(client.Ended());
  }
}

TEST_F(LimitsTest, TakesABodyOfExactlyTheLimit) {
  settings_.limits.body_bytes = 1000;
  Start(Echo);
  TestClient client(Endpoint());
  client.Send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'));
  EXPECT_EQ(client.Receive()->result_int(), 200u);
}

TEST_F(LimitsTest, ReadsNoBodyOfACallerItDoesNotKnow) {
  Start(Echo);
  TestClient client(Endpoint());
  client.Send("PUT /a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer bad\r\nContent-Length: 1000\r\n\r\n");
  const auto response = client.Receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->result_int(), 401u);
  EXPECT_FALSE(response->keep_alive());
}

struct SlowCase {
  const char* what;
  const char* sent;
  unsigned code;  ///< 0: just closed
};

TEST_F(LimitsTest, WaitsOnlySoLongForASlowClient) {
  settings_.limits.header = settings_.limits.body = settings_.limits.idle = std::chrono::milliseconds(200);
  Start(Echo);
  const SlowCase cases[] = {
      {"half a header", "GET / HTTP/1.1\r\nHo", 408},
      {"half a body", "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf", 408},
      {"nothing", "", 0},
  };
  for (const SlowCase& one : cases) {
    SCOPED_TRACE(one.what);
    TestClient client(Endpoint());
    ASSERT_FALSE(client.Handshake());
    client.Send(one.sent);
    const auto response = client.Receive();
    ASSERT_EQ(response.has_value(), one.code != 0);
    if (response) {
      EXPECT_EQ(response->result_int(), one.code);
      EXPECT_EQ(Json::parse(response->body())["reason"], "Timeout");
    }
    EXPECT_TRUE(client.Ended());
  }
}

TEST_F(LimitsTest, ClosesAConnectionThatNeverShakesHands) {
  settings_.limits.stranger = std::chrono::milliseconds(100);
  Start(Echo);
  TestClient client(Endpoint());
  char byte = 0;
  boost::system::error_code code;
  client.socket().read_some(asio::buffer(&byte, 1), code);
  EXPECT_TRUE(code);
}

TEST_F(LimitsTest, ClosesAConnectionThatIdles) {
  settings_.limits.idle = std::chrono::milliseconds(100);
  Start(Echo);
  TestClient client(Endpoint());
  ASSERT_TRUE(client.Get("/a"));
  EXPECT_TRUE(client.Ended());
}

TEST_F(LimitsTest, LetsGoAClientThatTakesNothing) {
  settings_.limits.write = std::chrono::milliseconds(200);
  const Handler large = [](std::shared_ptr<const Request>) -> Task<Response> {
    co_return Text(std::string(64 * 1024 * 1024, 'x'));
  };
  Start(large);
  TestClient client(Endpoint());
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  // The server writes until the system's buffers are full, and ends the connection when they stay so.
  const tcp::socket::native_handle_type fd = client.socket().native_handle();
  pollfd hangup{fd, POLLRDHUP, 0};
  EXPECT_EQ(poll(&hangup, 1, 10'000), 1);
  EXPECT_FALSE(client.Receive());
}

/// Answers when its test says so.
class Gate {
 public:
  Handler MakeHandler() {
    return [this](std::shared_ptr<const Request> request) -> Task<Response> {
      if (request->segments.front() == "wait") {
        asked_.set_value();
        co_await open_.Wait();
      }
      Response response;
      response.body = std::string("done");
      co_return response;
    };
  }
  explicit Gate(asio::io_context& io) : io_(io), open_(io.get_executor()) {}
  void AwaitRequest() { asked_.get_future().wait(); }
  void Open() {
    asio::post(io_, [this] { open_.Notify(); });
  }

 private:
  asio::io_context& io_;
  Signal open_;
  std::promise<void> asked_;
};

TEST_F(LimitsTest, TellsTheFirstTooManyToComeAgainWhenAllAreAtWork) {
  settings_.limits.connections = 1;
  Gate gate(control_);
  Start(gate.MakeHandler());
  TestClient first(Endpoint()), second(Endpoint());
  first.Send(std::string("GET /wait HTTP/1.1\r\nHost: x\r\n") + kToken + "\r\n");
  gate.AwaitRequest();
  const auto response = second.Get("/a", kToken);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->result_int(), 429u);
  EXPECT_EQ((*response)["Retry-After"], "1");
  EXPECT_EQ(Json::parse(response->body())["reason"], "TooManyRequests");
  EXPECT_TRUE(second.Ended());
  TestClient typed(Endpoint());
  const auto packed =
      typed.Get("/a", std::string(kToken) + "Accept: application/vnd.kubernetes.protobuf, application/json\r\n");
  ASSERT_TRUE(packed);
  EXPECT_EQ(packed->result_int(), 429u);
  EXPECT_EQ((*packed)[beast::field::content_type], "application/vnd.kubernetes.protobuf");
  gate.Open();
  EXPECT_EQ(first.Receive()->result_int(), 200u);
}

TEST_F(LimitsTest, EndsTheLongestIdleConnectionForANewOne) {
  settings_.limits.connections = 2;
  Start(Echo);
  TestClient first(Endpoint()), second(Endpoint()), third(Endpoint());
  ASSERT_TRUE(first.Get("/a", kToken));
  ASSERT_TRUE(second.Get("/a", kToken));
  ASSERT_TRUE(first.Get("/b", kToken));
  EXPECT_EQ(third.Get("/a", kToken)->result_int(), 200u);
  EXPECT_TRUE(second.Ended());
  EXPECT_EQ(first.Get("/c", kToken)->result_int(), 200u);
}

TEST_F(LimitsTest, KeepsNobodyOutForThoseWhoShowNoCredential) {
  settings_.limits.silent = 4;
  settings_.limits.strangers = 4;
  settings_.limits.connections = 4;
  Start(Echo);
  TestClient known(Endpoint());
  ASSERT_TRUE(known.Get("/a", kToken));
  // Given more of each kind than there are places for
  std::list<TestClient> silent, shaken, trickling, anonymous;
  for (int i = 0; i < 6; ++i) silent.emplace_back(Endpoint());
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(shaken.emplace_back(Endpoint()).Handshake());
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(trickling.emplace_back(Endpoint()).Send("GET / HTTP/1.1\r\nHo"));
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(anonymous.emplace_back(Endpoint()).Get("/version"));
  // When somebody comes with a credential
  TestClient fresh(Endpoint());
  // Then it is served, those who were there first go first, and who was known stays
  EXPECT_EQ(fresh.Get("/a", kToken)->result_int(), 200u);
  EXPECT_TRUE(shaken.front().Ended());
  EXPECT_TRUE(trickling.front().Ended());
  EXPECT_TRUE(anonymous.front().Ended());
  EXPECT_TRUE(anonymous.back().Get("/version"));
  EXPECT_EQ(known.Get("/b", kToken)->result_int(), 200u);
}

TEST_F(LimitsTest, CountsWhoShowsACertificateAmongTheKnown) {
  settings_.limits.strangers = 2;  // the server may learn of the certificate after the next one came
  settings_.limits.stranger = std::chrono::seconds(2);
  settings_.limits.idle = std::chrono::seconds(30);
  Start(Echo);
  std::list<TestClient> pool;
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(pool.emplace_back(Endpoint(), &TestKeys::Get().client).Handshake());
  // Given that they do not ask before a stranger's time is over
  TestClient stranger(Endpoint());
  EXPECT_FALSE(stranger.Handshake());
  EXPECT_TRUE(stranger.Ended());
  for (TestClient& client : pool) {
    const auto answer = client.Get("/a");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->result_int(), 200u);
  }
}

TEST_F(LimitsTest, ClosesAConnectionWithACertificateThatAsksForNothing) {
  settings_.limits.idle = std::chrono::milliseconds(100);
  Start(Echo);
  TestClient mute(Endpoint(), &TestKeys::Get().client);
  EXPECT_FALSE(mute.Handshake());
  EXPECT_TRUE(mute.Ended());
}

TEST_F(LimitsTest, GivesAStrangerNoMoreTimeForWhatItSends) {
  settings_.limits.stranger = std::chrono::milliseconds(300);
  Start(Echo);
  const auto begin = std::chrono::steady_clock::now();
  TestClient trickler(Endpoint()), anonymous(Endpoint()), known(Endpoint());
  ASSERT_TRUE(known.Get("/a", kToken));
  ASSERT_TRUE(trickler.Send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "));
  while (trickler.Send("x")) {
    anonymous.Get("/version");
    ASSERT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
  }
  EXPECT_FALSE(anonymous.Get("/version"));
  EXPECT_EQ(known.Get("/b")->result_int(), 200u) << "a connection that showed a credential once is no stranger";
}

}  // namespace
}  // namespace ordinal::http

#include <poll.h>

#include <nlohmann/json.hpp>

#include "tests/unit/agent/apiserver/http/api_fixture.h"

namespace ordinal::apiserver {
namespace {

using Json = nlohmann::json;

class LimitsTest : public ApiFixture {};

struct SentCase {
  const char* what;
  std::string sent;
  unsigned code;
  const char* reason;  ///< null: the reference has none
};

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
  settings_.limits.header = std::chrono::milliseconds(100);
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

TEST_F(LimitsTest, TellsConnectionsBeyondTheLimitToComeAgain) {
  settings_.limits.connections = 2;
  Start(Echo);
  TestClient first(Endpoint());
  ASSERT_TRUE(first.Get("/a"));
  {
    TestClient second(Endpoint());
    ASSERT_TRUE(second.Get("/a"));
    TestClient third(Endpoint());
    const auto response = third.Get("/a");
    ASSERT_TRUE(response);
    EXPECT_EQ(response->result_int(), 429u);
    EXPECT_EQ((*response)["Retry-After"], "1");
    EXPECT_EQ(Json::parse(response->body())["reason"], "TooManyRequests");
    EXPECT_TRUE(third.Ended());
  }
  EXPECT_EQ(first.Get("/b")->result_int(), 200u);
}

}  // namespace
}  // namespace ordinal::apiserver

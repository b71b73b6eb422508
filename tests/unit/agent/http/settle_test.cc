// Requests of who is not known yet: they wait for themselves alone.
#include <atomic>
#include <mutex>

#include "tests/unit/agent/http/http2_client.h"

namespace ordinal::http {
namespace {

const Http2Client::Fields kLate = {{"authorization", "Bearer late"}};
constexpr char kLateField[] = "Authorization: Bearer late\r\n";

/// "late" is a token that counts from a moment on.
class SettleTest : public ServerFixture {
 protected:
  SettleTest() {
    authenticate_ = [this](const Credentials& shown) -> Result<User> {
      if (shown.bearer == "late" && known_) return User{"late", {}, true};
      if (shown.bearer == "good") return User{"good", {}, true};
      return MakeError(ErrorCode::kPermissionDenied, "nobody");
    };
    settings_.settle = [this](std::string_view bearer, std::function<void()> then) {
      if (bearer != "late") return false;
      const std::lock_guard lock(mutex_);
      then_.push_back(std::move(then));
      waiting_ = then_.size();
      waiting_.notify_all();
      return true;
    };
  }
  ~SettleTest() override { StopAll(); }

  void AwaitWaiting(size_t count) {
    for (size_t now = waiting_; now < count; now = waiting_) waiting_.wait(now);
  }
  void Settle(bool known) {
    known_ = known;
    std::vector<std::function<void()>> then;
    {
      const std::lock_guard lock(mutex_);
      then.swap(then_);
    }
    for (const auto& each : then) each();
  }
  static Task<Response> Who(std::shared_ptr<const Request> request) {
    co_return Text(request->user.name + ":" + request->body);
  }

  std::atomic<bool> known_ = false;
  std::mutex mutex_;
  std::vector<std::function<void()>> then_;
  std::atomic<size_t> waiting_ = 0;
};

TEST_F(SettleTest, ARequestWaitsAndOthersGoOn) {
  Start(Who);
  TestClient late(Endpoint()), good(Endpoint());
  ASSERT_TRUE(late.Send("GET / HTTP/1.1\r\nHost: x\r\n" + std::string(kLateField) + "\r\n"));
  AwaitWaiting(1);
  EXPECT_EQ(good.Get("/", "Authorization: Bearer good\r\n")->body(), "good:");
  EXPECT_EQ(good.Get("/", "Authorization: Bearer bad\r\n")->result_int(), 401u);
  Settle(true);
  EXPECT_EQ(late.Receive()->body(), "late:");
  EXPECT_EQ(late.Get("/", kLateField)->body(), "late:") << "the connection goes on";
}

TEST_F(SettleTest, OnceAndThenItIsRefused) {
  Start(Who);
  TestClient late(Endpoint());
  ASSERT_TRUE(late.Send("GET / HTTP/1.1\r\nHost: x\r\n" + std::string(kLateField) + "\r\n"));
  AwaitWaiting(1);
  Settle(false);
  EXPECT_EQ(late.Receive()->result_int(), 401u);
}

TEST_F(SettleTest, StreamsOfHttp2WithTheirBodies) {
  Start(Who);
  Http2Client client(Endpoint());
  const uint32_t get = client.Get("/", kLate);
  const uint32_t put = client.Open(Http2Client::Request("PUT", "/", kLate));
  client.Data(put, "he", false);
  client.Data(put, "llo", true);
  const uint32_t half = client.Open(Http2Client::Request("PUT", "/", kLate));
  client.Data(half, "good", false);
  AwaitWaiting(3);
  EXPECT_EQ(client.Wait(client.Get("/", {{"authorization", "Bearer good"}})).body, "good:");
  EXPECT_FALSE(client.Of(get).whole);
  Settle(true);
  EXPECT_EQ(client.Wait(get).body, "late:");
  EXPECT_EQ(client.Wait(put).body, "late:hello");
  client.Data(half, "bye", true);
  EXPECT_EQ(client.Wait(half).body, "late:goodbye");
}

TEST_F(SettleTest, WhatIsSentMeanwhileIsBounded) {
  settings_.limits.reader_body_bytes = 1000;
  Start(Who);
  Http2Client client(Endpoint());
  const uint32_t put = client.Open(Http2Client::Request("PUT", "/", kLate));
  client.Data(put, std::string(1001, 'x'), false);
  EXPECT_EQ(client.Wait(put).Status(), 401);
  Settle(true);
  EXPECT_EQ(client.Wait(client.Get("/", kLate)).body, "late:");
}

TEST_F(SettleTest, NothingOfWhatAllShareIsHeldMeanwhile) {
  settings_.limits.bodies_bytes = 10'000;
  Start([](std::shared_ptr<const Request> request) -> Task<Response> {
    co_return Text(request->user.name + " " + std::to_string(request->body.size()));
  });
  Http2Client client(Endpoint());
  Http2Client::Fields fields = kLate;
  fields.emplace_back("content-type", "text/plain");
  const auto put = [&] { return client.Open(Http2Client::Request("PUT", "/", fields)); };
  const std::string part(15'000, 'x');
  // Given that the connection's own part is full
  const uint32_t first = put(), second = put();
  for (int i = 0; i < 4; ++i) client.Data(first, part, i == 3);
  for (int i = 0; i < 4; ++i) client.Data(second, part, i == 3);
  const uint32_t third = put();
  client.Data(third, part, false);
  EXPECT_EQ(client.Wait(third).Status(), 401);
  Settle(true);
  EXPECT_EQ(client.Wait(first).body, "late 60000");
  EXPECT_EQ(client.Wait(second).body, "late 60000");
}

TEST_F(SettleTest, WhoLeavesIsForgotten) {
  Start(Who);
  {
    Http2Client client(Endpoint());
    const uint32_t get = client.Get("/", kLate);
    AwaitWaiting(1);
    client.Send(Http2Client::Frame(NGHTTP2_RST_STREAM, 0, get, Http2Client::Number(NGHTTP2_CANCEL, 4)));
    client.Get("/", kLate);
    TestClient other(Endpoint());
    ASSERT_TRUE(other.Send("GET / HTTP/1.1\r\nHost: x\r\n" + std::string(kLateField) + "\r\n"));
    AwaitWaiting(3);
    client.client().Close();
    other.Close();
  }
  Settle(true);
  TestClient next(Endpoint());
  EXPECT_EQ(next.Get("/", kLateField)->body(), "late:");
}

TEST_F(SettleTest, TheServerStopsMeanwhile) {
  Start(Who);
  TestClient late(Endpoint());
  Http2Client client(Endpoint());
  ASSERT_TRUE(late.Send("GET / HTTP/1.1\r\nHost: x\r\n" + std::string(kLateField) + "\r\n"));
  client.Get("/", kLate);
  AwaitWaiting(2);
  StopServer();
  EXPECT_FALSE(late.Receive());
  Settle(true);
}

}  // namespace
}  // namespace ordinal::http

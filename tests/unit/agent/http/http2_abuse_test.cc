#include <algorithm>
#include <atomic>

#include "tests/unit/agent/http/http2_client.h"

namespace ordinal::http {
namespace {

using H2 = Http2Client;
constexpr auto kCalm = static_cast<uint32_t>(NGHTTP2_ENHANCE_YOUR_CALM);

class Http2AbuseTest : public ServerFixture {
 protected:
  ~Http2AbuseTest() override { StopAll(); }

  /// The server has ended it well before it would for any other reason. Its GOAWAY may be lost with what was still
  /// sent.
  static void ExpectEnded(Http2Client& client) {
    const auto begin = std::chrono::steady_clock::now();
    const auto end = client.Goaway();
    EXPECT_EQ(end.value_or(kCalm), kCalm);
    EXPECT_FALSE(client.Next());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  }
  /// Somebody else is served as before.
  void ExpectServed() {
    Http2Client other(Endpoint(), &TestKeys::Get().client);
    EXPECT_EQ(other.Wait(other.Get("/a")).body, "GET a|");
  }
};

struct FloodCase {
  const char* what;
  std::string frames;  ///< sent again and again
};

TEST_F(Http2AbuseTest, EndsFloodsOfFramesThatAskForNothing) {
  Start(Echo);
  const std::string setting = H2::Number(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 2) + H2::Number(65535, 4);
  const FloodCase cases[] = {
      {"PING", H2::Frame(NGHTTP2_PING, 0, 0, std::string(8, 'p'))},
      {"SETTINGS", H2::Frame(NGHTTP2_SETTINGS, 0, 0, setting)},
      {"PRIORITY", H2::Frame(NGHTTP2_PRIORITY, 0, 3, H2::Number(0, 4) + '\x10')},
      {"unknown ones", H2::Frame(0x20, 0, 0, "x")},
      {"WINDOW_UPDATE", H2::Frame(NGHTTP2_WINDOW_UPDATE, 0, 0, H2::Number(1, 4))},
  };
  for (const FloodCase& one : cases) {
    SCOPED_TRACE(one.what);
    Http2Client client(Endpoint(), &TestKeys::Get().client);
    std::string many;
    for (int i = 0; i < 100; ++i) many += one.frames;
    bool taken = true;
    for (int i = 0; i < 200 && taken; ++i) taken = client.Send(many);
    ExpectEnded(client);
    ExpectServed();
  }
}

TEST_F(Http2AbuseTest, EndsRequestsThatAreNone) {
  Start(Echo);
  const H2::Fields wrong[] = {{{"connection", "x"}}, {{":status", "200"}}};
  for (const H2::Fields& fields : wrong) {
    Http2Client client(Endpoint(), &TestKeys::Get().client);
    int refused = 0;
    while (refused < 20'000 && client.Wait(client.Get("/a", fields)).whole) ++refused;
    EXPECT_GE(refused, 500);
    EXPECT_LT(refused, 20'000);
    EXPECT_EQ(client.Goaway().value_or(kCalm), kCalm);
    ExpectServed();
  }
}

TEST_F(Http2AbuseTest, ServesAConnectionOnAfterARequestThatIsNone) {
  settings_.limits.header = std::chrono::milliseconds(200);
  settings_.limits.idle = std::chrono::milliseconds(700);
  Start(Echo);
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  EXPECT_EQ(client.Wait(client.Get("/a", {{"connection", "x"}})).reset, static_cast<uint32_t>(NGHTTP2_PROTOCOL_ERROR));
  EXPECT_EQ(client.Goaway(), static_cast<uint32_t>(NGHTTP2_NO_ERROR)) << "for want of requests, and no earlier";
}

TEST_F(Http2AbuseTest, EndsRapidResetAndRunsNoMoreHandlersThanStreams) {
  std::atomic<int> going = 0, most = 0;
  std::atomic<bool> open = false;
  Start([&](std::shared_ptr<const Request> request) -> Task<Response> {
    if (request->segments.front() != "slow") co_return Text("GET a|");
    most = std::max<int>(most, ++going);
    asio::steady_timer pause(control_);
    while (!open) {
      pause.expires_after(std::chrono::milliseconds(5));
      co_await pause.async_wait(asio::use_awaitable);
    }
    --going;
    co_return Text("late");
  });
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  bool taken = true;
  for (int i = 0; i < 5000 && taken; ++i) {
    const uint32_t stream = client.Get("/slow");
    taken = client.Send(H2::Frame(NGHTTP2_RST_STREAM, 0, stream, H2::Number(NGHTTP2_CANCEL, 4)));
  }
  while (client.Next()) {
  }
  EXPECT_LE(most, 100);
  EXPECT_GT(most, 0);
  open = true;
  ExpectServed();
  client.client().Close();
  StopAll();  // what the handlers refer to is this test's
}

TEST_F(Http2AbuseTest, EndsHeadersWithoutEnd) {
  settings_.limits.header = std::chrono::milliseconds(300);
  Start(Echo);
  const std::string field = H2::Block({{"x-field", std::string(4000, 'x')}});
  // CONTINUATION after CONTINUATION
  Http2Client flood(Endpoint(), &TestKeys::Get().client);
  flood.Send(H2::Frame(NGHTTP2_HEADERS, 0, 1, H2::Block(H2::Request("GET", "/a"))));
  bool taken = true;
  for (int i = 0; i < 10000 && taken; ++i) taken = flood.Send(H2::Frame(NGHTTP2_CONTINUATION, 0, 1, field));
  ExpectEnded(flood);
  // One that is never ended
  Http2Client half(Endpoint(), &TestKeys::Get().client);
  ASSERT_TRUE(half.Next()) << "its settings, before anything comes between header frames";
  half.Send(H2::Frame(NGHTTP2_HEADERS, 0, 1, H2::Block(H2::Request("GET", "/a"))));
  EXPECT_EQ(half.Goaway(), kCalm);
  ExpectServed();
}

TEST_F(Http2AbuseTest, EndsAHeaderThatUnpacksToFarTooMuch) {
  Start(Echo);
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  // One field of 4,000 bytes into the table, then a byte for each time it is meant again.
  std::string block = H2::Block(H2::Request("GET", "/a"));
  std::string indexed = H2::Block({{"x-bomb", std::string(3900, 'x')}});
  indexed[0] = '\x40';
  block += indexed + std::string(500, '\xbe');
  client.Send(H2::Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 1, block));
  EXPECT_EQ(client.Goaway(), kCalm);
  ExpectServed();
}

TEST_F(Http2AbuseTest, EndsAWindowOfOneByte) {
  Start([](std::shared_ptr<const Request> request) -> Task<Response> {
    if (request->segments.front() == "a") co_return Text("GET a|");
    co_return Text(std::string(100'000, 'x'));
  });
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  client.Send(
      H2::Frame(NGHTTP2_SETTINGS, 0, 0, H2::Number(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 2) + H2::Number(1, 4)));
  const uint32_t stream = client.Get("/large");
  while (client.Next()) {
    client.Update(stream, 1);
    ASSERT_LT(client.Of(stream).body.size(), 10'000u);
  }
  EXPECT_EQ(client.Goaway(), kCalm);
  ExpectServed();
}

TEST_F(Http2AbuseTest, EndsABodyOfTinyPieces) {
  Start(Echo);
  const struct {
    uint8_t flags;
    std::string payload;
  } cases[] = {{0, ""}, {NGHTTP2_FLAG_PADDED, "\x64x" + std::string(100, '\0')}};
  for (const auto& one : cases) {
    Http2Client client(Endpoint(), &TestKeys::Get().client);
    const uint32_t stream = client.Open(H2::Request("PUT", "/a"));
    std::string pieces;
    for (int i = 0; i < 100; ++i) pieces += H2::Frame(NGHTTP2_DATA, one.flags, stream, one.payload);
    bool taken = true;
    for (int i = 0; i < 1000 && taken; ++i) taken = client.Send(pieces);
    ExpectEnded(client);
    ExpectServed();
  }
}

TEST_F(Http2AbuseTest, WaitsForABodySoLong) {
  settings_.limits.body = std::chrono::milliseconds(200);
  Start(Echo);
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  const uint32_t stream = client.Open(H2::Request("PUT", "/a"));
  client.Data(stream, "half", false);
  EXPECT_EQ(client.Wait(stream).Status(), 408);
  EXPECT_EQ(client.Wait(client.Get("/a")).body, "GET a|");
}

TEST_F(Http2AbuseTest, GivesAStrangerSoLong) {
  settings_.limits.stranger = std::chrono::seconds(1);
  Start(Echo);
  Http2Client mute(Endpoint()), anonymous(Endpoint()), known(Endpoint());
  EXPECT_EQ(known.Wait(known.Get("/a", {{"authorization", "Bearer good"}})).body, "GET a|");
  EXPECT_EQ(anonymous.Wait(anonymous.Get("/a")).body, "GET a|");
  EXPECT_TRUE(mute.Goaway());
  EXPECT_TRUE(anonymous.Goaway());
  EXPECT_EQ(known.Wait(known.Get("/b")).body, "GET b|");
}

TEST_F(Http2AbuseTest, HoldsSmallBodiesOfManyStreamsInTheRoomOfLargeOnes) {
  settings_.limits.bodies_bytes = settings_.limits.user_bodies_bytes = 500'000;
  Start(Echo);
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  client.Update(0, 10'000'000);
  std::vector<uint32_t> streams;
  for (int i = 0; i < 30; ++i) {
    streams.push_back(client.Open(H2::Request("PUT", "/a")));
    for (int part = 0; part < 4; ++part) client.Data(streams.back(), std::string(8'000, 'x'), false);
  }
  int refused = 0;
  for (const uint32_t stream : streams) {
    client.Data(stream, "", true);
    const auto answer = client.Wait(stream);
    if (answer.Status() == 429) ++refused;
    EXPECT_TRUE(answer.Status() == 200 || answer.Status() == 429) << answer.Status();
  }
  EXPECT_GE(refused, 5);
  EXPECT_LE(refused, 15);
  EXPECT_EQ(client.Wait(client.Get("/a")).body, "GET a|");
}

TEST_F(Http2AbuseTest, EndsWhatIsNoHttp2) {
  Start(Echo);
  Http2Client client(Endpoint(), nullptr, /*preface=*/false);
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  while (client.Next()) {
  }
  ExpectServed();
}

}  // namespace
}  // namespace ordinal::http

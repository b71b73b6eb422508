#include <atomic>
#include <nlohmann/json.hpp>

#include "tests/unit/agent/http/http2_client.h"
#include "tests/unit/agent/http/scripted_stream.h"

namespace ordinal::http {
namespace {

using Json = nlohmann::json;
using H2Fields = Http2Client::Fields;
const Http2Client::Fields kBearer = {{"authorization", "Bearer good"}};

/// Handlers by the first segment: "watch" is a scripted stream, "wait" answers when it is told, "hang" when its client
/// is gone, "size" as large as its second segment says, "take" and "messages" want a connection; everything else
/// echoes.
class Http2Test : public ServerFixture {
 protected:
  ~Http2Test() override {
    open_ = true;
    StopAll();
  }

  void Serve() {
    Start([this](std::shared_ptr<const Request> request) { return Answer(std::move(request)); });
  }
  Task<Response> Answer(std::shared_ptr<const Request> request) {
    const std::string what = request->segments.empty() ? "" : request->segments.front();
    if (what == "watch") co_return Streaming();
    if (what == "size") co_return Text(std::string(std::stoul(request->segments[1]), 'x'));
    if (what == "who") co_return Text(request->user.name + "@" + std::string(request->Header("host")));
    if (what == "wait") {
      script_.Do([this] { ++waiting_; });
      asio::steady_timer pause(control_);
      while (!open_) {
        pause.expires_after(std::chrono::milliseconds(5));
        co_await pause.async_wait(asio::use_awaitable);
      }
      co_return Text("at last");
    }
    if (what == "hang") co_return co_await Hang(request);
    if (what == "take") co_return Takes();
    if (what == "messages") co_return Says();
    co_return co_await Echo(request);
  }
  Task<Response> Hang(std::shared_ptr<const Request> request) {
    const auto left = std::make_shared<Signal>(control_.get_executor());
    request->withdrawal->Use([left] { left->Notify(); });
    script_.Do([this] { ++waiting_; });
    co_await left->Wait();
    script_.Do([this] { --waiting_; });
    co_return Text("nobody hears it");
  }
  static Response Takes() {
    Response response;
    response.body = std::shared_ptr<Takeover>();
    return response;
  }
  static Response Says() {
    Response response = Text("once");
    response.messages = Messages();
    return response;
  }
  Response Streaming() {
    auto stream = std::make_shared<ScriptedStream>(control_.get_executor(), script_);
    stream_ = stream;
    Response response;
    response.body = std::shared_ptr<Stream>(std::move(stream));
    return response;
  }
  void Give(Result<std::string> piece) {
    script_.Do([&] { script_.pieces.push_back(std::move(piece)); });
    asio::post(control_, [this] {
      if (const auto stream = stream_.lock()) stream->Wake();
    });
  }

  Script script_;
  int waiting_ = 0;
  std::atomic<bool> open_ = false;
  std::weak_ptr<ScriptedStream> stream_;
};

TEST_F(Http2Test, IsChosenByWhoOffersIt) {
  Serve();
  struct {
    std::string offered, chosen;
  } const cases[] = {{std::string("\x02h2\x08http/1.1", 12), "h2"},
                     {std::string("\x08http/1.1\x02h2", 12), "h2"},
                     {std::string("\x08http/1.1", 9), "http/1.1"},
                     {std::string("\x05other", 6), ""}};
  for (const auto& one : cases) {
    TestClient client(Endpoint());
    client.OfferProtocols(one.offered);
    ASSERT_FALSE(client.Handshake());
    const unsigned char* chosen = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(client.ssl(), &chosen, &length);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), length), one.chosen);
  }
}

TEST_F(Http2Test, SaysWhatItAllows) {
  Serve();
  Http2Client client(Endpoint());
  const auto first = client.Next();
  ASSERT_TRUE(first);
  ASSERT_EQ(first->type, NGHTTP2_SETTINGS);
  const auto settings = [&](uint32_t id) -> int64_t {
    for (size_t at = 0; at + 6 <= first->payload.size(); at += 6) {
      if (first->payload.substr(at, 2) != Http2Client::Number(id, 2)) continue;
      int64_t value = 0;
      for (size_t i = 2; i < 6; ++i) value = value << 8 | static_cast<uint8_t>(first->payload[at + i]);
      return value;
    }
    return -1;
  };
  EXPECT_EQ(settings(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS), 100);
  EXPECT_EQ(settings(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE), 64 * 1024);
}

TEST_F(Http2Test, AnswersManyRequestsOfOneConnectionInTheOrderTheyAreDone) {
  Serve();
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  const uint32_t slow = client.Get("/wait"), quick = client.Get("/a/b%20c?x=1");
  const auto answer = client.Wait(quick);
  EXPECT_EQ(answer.Status(), 200);
  EXPECT_EQ(answer.body, "GET a|b c|");
  EXPECT_EQ(answer.fields.at("content-length"), "10");
  EXPECT_EQ(answer.fields.at("content-type"), "text/plain");
  EXPECT_EQ(answer.fields.at("cache-control"), "no-cache, private");
  EXPECT_EQ(answer.fields.count("connection"), 0u);
  EXPECT_FALSE(client.Of(slow).whole);
  open_ = true;
  EXPECT_EQ(client.Wait(slow).body, "at last");
}

TEST_F(Http2Test, ReadsBodiesAndTrailers) {
  Serve();
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  const uint32_t put = client.Open(Http2Client::Request("PUT", "/a"));
  client.Data(put, "one,", false);
  client.Data(put, "two", false);
  client.Send(Http2Client::Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, put,
                                 Http2Client::Block({{"x-checksum", "7"}})));
  EXPECT_EQ(client.Wait(put).body, "PUT a|one,two");
  const uint32_t waits = client.Open(Http2Client::Request("PUT", "/a", {{"expect", "100-continue"}}));
  while (client.Of(waits).Status() != 100) ASSERT_TRUE(client.Next());
  client.Data(waits, "asked for", true);
  EXPECT_EQ(client.Wait(waits).body, "PUT a|asked for");
}

TEST_F(Http2Test, GivesHeadTheLengthAlone) {
  Serve();
  Http2Client client(Endpoint());
  client.Send(Http2Client::Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 1,
                                 Http2Client::Block(Http2Client::Request("HEAD", "/size/500"))));
  const auto answer = client.Wait(1);
  EXPECT_EQ(answer.fields.at("content-length"), "500");
  EXPECT_EQ(answer.body, "");
}

TEST_F(Http2Test, KnowsCallersAsOverHttp11) {
  Serve();
  Http2Client certified(Endpoint(), &TestKeys::Get().client), other(Endpoint());
  EXPECT_EQ(certified.Wait(certified.Get("/who")).body, "alice@x");
  EXPECT_EQ(other.Wait(other.Get("/who")).body, "system:anonymous@x");
  EXPECT_EQ(other.Wait(other.Get("/who", kBearer)).body, "bob@x");
  const auto wrong = other.Wait(other.Get("/who", {{"authorization", "Bearer bad"}}));
  EXPECT_EQ(wrong.Status(), 401);
  EXPECT_EQ(Json::parse(wrong.body)["kind"], "Status");
}

struct RefusedCase {
  const char* what;
  H2Fields fields;
  std::string body;
  int status;
};

TEST_F(Http2Test, RefusesTheRequestAndServesTheOthers) {
  settings_.limits.body_bytes = 1000;
  settings_.limits.header_bytes = 4000;
  Serve();
  H2Fields many = Http2Client::Request("GET", "/a");
  for (int i = 0; i < 300; ++i) many.emplace_back("x-" + std::to_string(i), "");
  const RefusedCase cases[] = {
      {"a large header", Http2Client::Request("GET", "/a", {{"x-large", std::string(5000, 'x')}}), "", 431},
      {"many fields", many, "", 431},
      {"a body that grows too large", Http2Client::Request("PUT", "/a"), std::string(1001, 'x'), 413},
      {"a broken escape", Http2Client::Request("GET", "/%4"), "", 400},
      {"an unknown expectation", Http2Client::Request("PUT", "/a", {{"expect", "tea"}}), "x", 417},
  };
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  for (const RefusedCase& one : cases) {
    SCOPED_TRACE(one.what);
    const uint32_t stream = client.Open(one.fields);
    if (!one.body.empty()) client.Data(stream, one.body, false);
    const auto answer = client.Wait(stream);
    EXPECT_EQ(answer.Status(), one.status);
    EXPECT_EQ(Json::parse(answer.body)["code"], one.status);
    EXPECT_EQ(client.Wait(client.Get("/b")).body, "GET b|");
  }
}

TEST_F(Http2Test, StreamsPiecesAndEndsThem) {
  Serve();
  Http2Client client(Endpoint());
  const uint32_t watch = client.Get("/watch");
  Give(std::string("first\n"));
  ASSERT_TRUE(client.Until(watch, 6));
  EXPECT_EQ(client.Of(watch).fields.count("content-length"), 0u);
  Give(std::string("second\n"));
  ASSERT_TRUE(client.Until(watch, 13));
  EXPECT_FALSE(client.Of(watch).whole);
  Give(std::string());
  EXPECT_EQ(client.Wait(watch).body, "first\nsecond\n");
  EXPECT_TRUE(script_.Wait([this] { return script_.destroyed; }));
  EXPECT_FALSE(script_.closed) << "it came to its end";
}

TEST_F(Http2Test, ResetsAStreamThatBreaks) {
  Serve();
  Http2Client client(Endpoint());
  const uint32_t watch = client.Get("/watch");
  Give(MakeError(ErrorCode::kInternal, "broken"));
  EXPECT_EQ(client.Wait(watch).reset, static_cast<uint32_t>(NGHTTP2_INTERNAL_ERROR));
  EXPECT_EQ(client.Wait(client.Get("/a")).body, "GET a|");
}

TEST_F(Http2Test, ClosesTheStreamThatItsClientResets) {
  Serve();
  Http2Client client(Endpoint());
  const uint32_t watch = client.Get("/watch");
  ASSERT_TRUE(script_.Wait([this] { return script_.waiting; }));
  client.Send(Http2Client::Frame(NGHTTP2_RST_STREAM, 0, watch, Http2Client::Number(NGHTTP2_CANCEL, 4)));
  EXPECT_TRUE(script_.Wait([this] { return script_.destroyed; }));
  EXPECT_TRUE(script_.cancelled);
  EXPECT_EQ(client.Wait(client.Get("/a")).body, "GET a|");
}

TEST_F(Http2Test, ASlowReaderHoldsUpItsStreamAloneAndLosesIt) {
  settings_.limits.write = std::chrono::milliseconds(500);
  Serve();
  constexpr size_t kWindow = 65535;
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  client.Update(0, 10'000'000);  // of the connection: only the streams' own are narrow
  const uint32_t slow = client.Get("/size/200000"), watch = client.Get("/watch");
  for (int i = 0; i < 20; ++i) Give(std::string(kWindow, 'x'));
  ASSERT_TRUE(client.Until(slow, kWindow));
  ASSERT_TRUE(client.Until(watch, kWindow));
  EXPECT_EQ(client.Wait(client.Get("/size/40000")).body.size(), 40000u);
  EXPECT_TRUE(script_.Wait([this] { return script_.asked <= 3; })) << "pieces are asked for as the client takes them";
  EXPECT_EQ(client.Wait(slow).reset, static_cast<uint32_t>(NGHTTP2_CANCEL));
  EXPECT_EQ(client.Wait(watch).reset, static_cast<uint32_t>(NGHTTP2_CANCEL));
  EXPECT_TRUE(script_.Wait([this] { return script_.destroyed; }));
  EXPECT_EQ(client.Wait(client.Get("/a")).body, "GET a|");
}

TEST_F(Http2Test, AsksForNoPieceWhileTooMuchIsToBeSent) {
  Serve();
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  client.Update(0, 10'000'000);  // of the connection: only the streams' own are narrow
  const uint32_t large = client.Get("/size/2000000");
  ASSERT_TRUE(client.Until(large, 65535));
  const uint32_t watch = client.Get("/watch");
  Give(std::string("first\n"));
  while (client.Of(watch).Status() == 0) ASSERT_TRUE(client.Next());
  const uint32_t late = client.Get("/a"), gone = client.Get("/a");
  client.Send(Http2Client::Frame(NGHTTP2_RST_STREAM, 0, gone, Http2Client::Number(NGHTTP2_CANCEL, 4)));
  EXPECT_EQ(client.Wait(client.Get("/a", {{"expect", "nothing"}})).Status(), 417);  // no handler is asked
  EXPECT_TRUE(script_.Wait([this] { return script_.asked == 0; }));
  client.Update(large, 2'000'000);
  EXPECT_EQ(client.Wait(large).body.size(), 2'000'000u);
  EXPECT_TRUE(client.Until(watch, 6));
  EXPECT_EQ(client.Wait(late).body, "GET a|");
}

TEST_F(Http2Test, HoldsAPlaceForWhatIsProxiedAndTellsItsHandlerThatItIsLeft) {
  settings_.limits.streams = 1;
  settings_.proxied = [](const Request& request) { return request.segments.front() == "hang"; };
  Serve();
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  const uint32_t first = client.Get("/hang");
  ASSERT_TRUE(script_.Wait([this] { return waiting_ == 1; }));
  EXPECT_EQ(client.Wait(client.Get("/hang")).Status(), 429);
  client.Send(Http2Client::Frame(NGHTTP2_RST_STREAM, 0, first, Http2Client::Number(NGHTTP2_CANCEL, 4)));
  EXPECT_TRUE(script_.Wait([this] { return waiting_ == 0; }));
  EXPECT_EQ(client.Wait(client.Get("/a")).body, "GET a|");
}

TEST_F(Http2Test, GivesNoConnectionAway) {
  Serve();
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  for (const char* path : {"/take", "/messages"}) EXPECT_EQ(client.Wait(client.Get(path)).Status(), 400) << path;
}

TEST_F(Http2Test, GoesOnAsTheWindowGrows) {
  Serve();
  Http2Client client(Endpoint(), &TestKeys::Get().client);
  const uint32_t stream = client.Get("/size/300000");
  size_t granted = 65535;
  while (client.Until(stream, std::min<size_t>(granted, 300000)) && !client.Of(stream).whole) {
    client.Update(0, 30000);
    client.Update(stream, 30000);
    granted += 30000;
    if (granted > 400000) break;
  }
  EXPECT_EQ(client.Wait(stream).body.size(), 300000u);
}

TEST_F(Http2Test, SaysGoodbyeWhenItStops) {
  Serve();
  Http2Client client(Endpoint());
  const uint32_t watch = client.Get("/watch");
  Give(std::string("first\n"));
  ASSERT_TRUE(client.Until(watch, 6));
  StopServer();
  EXPECT_EQ(client.Goaway(), static_cast<uint32_t>(NGHTTP2_NO_ERROR));
  EXPECT_FALSE(client.Next());
  EXPECT_TRUE(script_.Wait([this] { return script_.destroyed; }));
}

TEST_F(Http2Test, StopsThoughAHandlerWorks) {
  Serve();
  Http2Client client(Endpoint());
  client.Get("/wait");
  ASSERT_TRUE(script_.Wait([this] { return waiting_ == 1; }));
  StopServer();
  EXPECT_EQ(client.Goaway(), static_cast<uint32_t>(NGHTTP2_NO_ERROR));
  open_ = true;
}

TEST_F(Http2Test, ClosesWhatIsIdle) {
  settings_.limits.idle = std::chrono::milliseconds(200);
  Serve();
  Http2Client busy(Endpoint(), &TestKeys::Get().client);
  const uint32_t watch = busy.Get("/watch");
  Http2Client idle(Endpoint(), &TestKeys::Get().client);
  EXPECT_EQ(idle.Wait(idle.Get("/a")).body, "GET a|");
  EXPECT_EQ(idle.Goaway(), static_cast<uint32_t>(NGHTTP2_NO_ERROR));
  Give(std::string("still here"));
  EXPECT_TRUE(busy.Until(watch, 10));
}

TEST_F(Http2Test, GivesStreamsThatOnlyWaitARoomOfTheirOwn) {
  settings_.limits.streams = 1;
  settings_.limits.waiting_streams = settings_.limits.user_waiting_streams = 2;
  settings_.limits.reader_waiting_streams = 2;
  script_.waits = true;
  Serve();
  Http2Client client(Endpoint());
  std::vector<uint32_t> watches;
  for (int i = 0; i < 4; ++i) {
    watches.push_back(client.Get("/watch"));
    while (client.Of(watches.back()).Status() == 0) ASSERT_TRUE(client.Next());
  }
  EXPECT_EQ(client.Of(watches[2]).Status(), 200) << "two wait, and one takes the place of another stream";
  const auto refused = client.Wait(watches[3]);
  EXPECT_EQ(refused.Status(), 429);
  EXPECT_EQ(refused.fields.at("retry-after"), "1");
}

}  // namespace
}  // namespace ordinal::http

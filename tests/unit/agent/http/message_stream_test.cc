#include "agent/http/message_stream.h"

#include <gmock/gmock.h>

#include <atomic>
#include <deque>

#include "tests/unit/agent/http/websocket_client.h"

namespace ordinal::http {
namespace {

using ::testing::HasSubstr;
using Browser = WebSocketClient;

/// Pieces that are given, then what the test waits for: its Close().
class GivenPieces final : public Stream {
 public:
  GivenPieces(const Executor& executor, std::deque<std::string> pieces, std::atomic<bool>& closed)
      : pieces_(std::move(pieces)), closed_(closed), wake_(executor) {}
  Task<Result<std::string>> Next() override {
    if (pieces_.empty()) co_await wake_.Wait();
    if (pieces_.empty()) co_return MakeError(ErrorCode::kCancelled, "closed");
    std::string piece = std::move(pieces_.front());
    pieces_.pop_front();
    co_return piece;
  }
  void Close() override {
    closed_ = true;
    wake_.Notify();
  }

 private:
  std::deque<std::string> pieces_;
  std::atomic<bool>& closed_;
  Signal wake_;
};

class MessageStreamTest : public ServerFixture {
 protected:
  ~MessageStreamTest() override { StopAll(); }

  void Serve(Messages how, std::deque<std::string> pieces) {
    Start([this, how, pieces](std::shared_ptr<const Request>) { return Given(how, pieces); });
  }
  Task<Response> Given(Messages how, std::deque<std::string> pieces) {
    Response response;
    response.messages = std::move(how);
    response.body =
        std::shared_ptr<Stream>(std::make_shared<GivenPieces>(control_.get_executor(), std::move(pieces), closed_));
    co_return response;
  }

  std::atomic<bool> closed_ = false;
};

Messages Lines() {
  Messages how;
  how.lines = true;
  return how;
}

TEST(MessagesOf, AreLinesOrPieces) {
  EXPECT_EQ(MessagesOf(Lines(), "a\nbc\nd"), (std::vector<std::string>{"a\n", "bc\n", "d"}));
  EXPECT_EQ(MessagesOf({Messages::Form::kBinary}, "a\nb"), (std::vector<std::string>{"a\nb"}));
  EXPECT_EQ(MessagesOf({Messages::Form::kBase64}, "hell"), (std::vector<std::string>{"aGVsbA=="}));
}

TEST_F(MessageStreamTest, LinesAreTextFramesUntilTheStreamEnds) {
  Serve(Lines(), {"{\"a\":1}\n{\"b\":2}\n", "{\"c\":3}\n", ""});
  Browser client(Endpoint());
  const std::string head = client.Handshake("/watch");
  EXPECT_THAT(head, HasSubstr("HTTP/1.1 101 Switching Protocols\r\n"));
  EXPECT_THAT(head, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));  // of RFC 6455
  for (const char* line : {"{\"a\":1}\n", "{\"b\":2}\n", "{\"c\":3}\n"}) {
    const auto frame = client.Receive();
    EXPECT_EQ(frame.opcode, Browser::kTextFrame);
    EXPECT_EQ(frame.bytes, line);
  }
  const auto goodbye = client.Receive();
  EXPECT_EQ(goodbye.opcode, Browser::kCloseFrame);
  EXPECT_EQ(goodbye.bytes, "\x03\xe8");  // 1000
  EXPECT_FALSE(closed_);
}

TEST_F(MessageStreamTest, ABinaryOneGreetsAndNamesItsSubprotocol) {
  Messages how{Messages::Form::kBinary, "binary.k8s.io"};
  how.greets = true;
  Serve(how, {std::string("a\0b", 3)});
  Browser client(Endpoint());
  EXPECT_THAT(client.Handshake("/log"), HasSubstr("Sec-WebSocket-Protocol: binary.k8s.io\r\n"));
  const auto greeting = client.Receive(), piece = client.Receive();
  EXPECT_EQ(greeting.opcode, Browser::kBinaryFrame);
  EXPECT_EQ(greeting.bytes, "");
  EXPECT_EQ(piece.opcode, Browser::kBinaryFrame);
  EXPECT_EQ(piece.bytes, std::string("a\0b", 3));
}

TEST_F(MessageStreamTest, PingsAreAnsweredAndAGoodbyeEndsTheStream) {
  Serve(Lines(), {"one\n"});
  Browser client(Endpoint());
  client.Handshake("/watch");
  EXPECT_EQ(client.Receive().bytes, "one\n");
  client.Send(Browser::kTextFrame, "nobody listens");
  client.Send(Browser::kPingFrame, "there?");
  const auto pong = client.Receive();
  EXPECT_EQ(pong.opcode, Browser::kPongFrame);
  EXPECT_EQ(pong.bytes, "there?");
  client.Send(Browser::kCloseFrame, "\x03\xe8");
  EXPECT_EQ(client.Receive().opcode, Browser::kCloseFrame);
  EXPECT_TRUE(client.client().Ended());
  StopAll();
  EXPECT_TRUE(closed_);
}

TEST_F(MessageStreamTest, AClientThatVanishesEndsTheStreamAndSoDoesTheServersEnd) {
  Serve(Lines(), {"one\n"});
  Browser gone(Endpoint());
  gone.Handshake("/watch");
  gone.client().Close();
  Browser stays(Endpoint());
  stays.Handshake("/watch");
  EXPECT_EQ(stays.Receive().bytes, "one\n");
  StopAll();
  EXPECT_TRUE(closed_);
  while (stays.Receive().opcode != 0) {
  }
}

TEST_F(MessageStreamTest, ATextIsItsMessages) {
  Start([](std::shared_ptr<const Request>) -> Task<Response> {
    Response response = Text("{\"type\":\"ERROR\"}\n");
    response.messages = Lines();
    co_return response;
  });
  Browser client(Endpoint());
  client.Handshake("/watch");
  EXPECT_EQ(client.Receive().bytes, "{\"type\":\"ERROR\"}\n");
  EXPECT_EQ(client.Receive().opcode, Browser::kCloseFrame);
}

TEST_F(MessageStreamTest, ARefusalAndAWrongHandshakeStayHttp) {
  Start([](std::shared_ptr<const Request> request) -> Task<Response> {
    Response response = Text("no");
    response.status = request->segments.front() == "no" ? 404 : 200;
    response.messages = Lines();
    co_return response;
  });
  EXPECT_THAT(Browser(Endpoint()).Handshake("/no"), HasSubstr("HTTP/1.1 404 "));
  TestClient without_key(Endpoint());
  const auto refused = without_key.Get("/yes", "Connection: Upgrade\r\nUpgrade: websocket\r\n");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->result_int(), 400u);
}

TEST_F(MessageStreamTest, ATokenMayStandInTheSubprotocols) {
  Serve(Lines(), {""});
  Browser good(Endpoint()), bad(Endpoint());
  constexpr char kPrefix[] = "Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.";
  EXPECT_THAT(good.Handshake("/watch", std::string(kPrefix) + "Z29vZA, x\r\n"), HasSubstr("101 Switching"));
  EXPECT_THAT(bad.Handshake("/watch", std::string(kPrefix) + "YmFk, x\r\n"), HasSubstr("401 Unauthorized"));
}

}  // namespace
}  // namespace ordinal::http

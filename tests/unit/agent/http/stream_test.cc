#include "tests/unit/agent/http/scripted_stream.h"
#include "tests/unit/agent/http/server_fixture.h"

namespace ordinal::http {
namespace {

class StreamTest : public ServerFixture {
 protected:
  ~StreamTest() override { StopAll(); }

  void StartStreaming() {
    Start([this](std::shared_ptr<const Request> request) { return Answer(std::move(request)); });
  }
  Task<Response> Answer(std::shared_ptr<const Request> request) {
    if (request->segments.front() == "text") co_return Text("text");
    auto stream = std::make_shared<ScriptedStream>(control_.get_executor(), script_);
    stream_ = stream;
    Response response;
    response.body = std::shared_ptr<Stream>(std::move(stream));
    co_return response;
  }
  void Give(Result<std::string> piece) {
    script_.Do([&] { script_.pieces.push_back(std::move(piece)); });
    asio::post(control_, [this] {
      if (const auto stream = stream_.lock()) stream->Wake();
    });
  }
  /// A client that has read the head of a stream.
  std::unique_ptr<TestClient> Watch(const std::string& version = "1.1") {
    auto client = std::make_unique<TestClient>(Endpoint());
    client->Send("GET /watch HTTP/" + version + "\r\nHost: x\r\n\r\n");
    head_ = client->ReadUntil("\r\n\r\n");
    return client;
  }
  void ExpectClosedAndDestroyed() {
    EXPECT_TRUE(script_.Wait([this] { return script_.destroyed; }));
    EXPECT_TRUE(script_.closed);
    EXPECT_EQ(script_.closed_on, control_thread_);
    EXPECT_EQ(script_.destroyed_on, control_thread_);
  }

  Script script_;
  std::weak_ptr<ScriptedStream> stream_;
  std::string head_;
  std::thread::id control_thread_;
};

TEST_F(StreamTest, SendsEachPieceAtOnceAsAChunkAndGoesOnWithTheConnection) {
  StartStreaming();
  auto client = Watch();
  EXPECT_NE(head_.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  for (const char* text : {"first\n", "second\n"}) {
    const std::string piece(text);
    Give(piece);
    EXPECT_EQ(client->Read(piece.size() + 5), (piece.size() == 6 ? "6\r\n" : "7\r\n") + piece + "\r\n");
  }
  Give(std::string());
  EXPECT_EQ(client->Read(5), "0\r\n\r\n");
  EXPECT_TRUE(script_.Wait([this] { return script_.destroyed; }));
  EXPECT_FALSE(script_.closed);
  EXPECT_EQ(client->Get("/text")->body(), "text");
}

TEST_F(StreamTest, AsksForAPieceOnlyWhenTheOneBeforeIsWritten) {
  settings_.limits.write = std::chrono::milliseconds(300);
  StartStreaming();
  control_thread_ = ControlThread();
  constexpr int kPieces = 400;
  for (int i = 0; i < kPieces; ++i) Give(std::string(256 * 1024, 'x'));
  auto client = Watch();
  // Nothing is read: the system's buffers fill, and the client is let go long before the last piece.
  ExpectClosedAndDestroyed();
  EXPECT_LT(script_.asked, kPieces / 2);
}

TEST_F(StreamTest, ClosesAStreamWhoseClientLeaves) {
  StartStreaming();
  control_thread_ = ControlThread();
  auto client = Watch();
  ASSERT_TRUE(script_.Wait([this] { return script_.waiting; }));
  client->Close();
  ExpectClosedAndDestroyed();
  EXPECT_TRUE(script_.cancelled);
}

TEST_F(StreamTest, AsksAStreamThatRestsWhenItHasSomething) {
  script_.rests = true;
  StartStreaming();
  control_thread_ = ControlThread();
  auto client = Watch();
  for (int piece = 0; piece < 3; ++piece) {
    ASSERT_TRUE(script_.Wait([this] { return script_.waiting; }));
    EXPECT_EQ(script_.asked, piece);
    Give(std::string("a"));
    EXPECT_EQ(client->Read(6), "1\r\na\r\n");
  }
  ASSERT_TRUE(script_.Wait([this] { return script_.waiting; }));
  client->Close();
  ExpectClosedAndDestroyed();
}

TEST_F(StreamTest, ClosesStreamsWhenItStops) {
  StartStreaming();
  control_thread_ = ControlThread();
  auto client = Watch();
  ASSERT_TRUE(script_.Wait([this] { return script_.waiting; }));
  StopServer();
  ExpectClosedAndDestroyed();
  EXPECT_TRUE(client->Ended());
}

TEST_F(StreamTest, EndsTheConnectionWithoutAProperEndOnAnError) {
  StartStreaming();
  auto client = Watch();
  Give(std::string("a"));
  Give(MakeError(ErrorCode::kInternal, "broken"));
  EXPECT_EQ(client->Read(100), "1\r\na\r\n");
}

TEST_F(StreamTest, SendsPiecesAsTheyAreToAnOldClient) {
  StartStreaming();
  auto client = Watch("1.0");
  EXPECT_EQ(head_.find("chunked"), std::string::npos);
  Give(std::string("one"));
  Give(std::string("two"));
  Give(std::string());
  EXPECT_EQ(client->Read(100), "onetwo");
}

TEST_F(StreamTest, TellsStreamsBeyondTheLimitToComeAgain) {
  settings_.limits.streams = 1;
  StartStreaming();
  control_thread_ = ControlThread();
  auto first = Watch();
  ASSERT_TRUE(script_.Wait([this] { return script_.waiting; }));
  TestClient second(Endpoint());
  const auto response = second.Get("/watch");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->result_int(), 429u);
  EXPECT_EQ((*response)["Retry-After"], "1");
  ExpectClosedAndDestroyed();
  EXPECT_EQ(second.Get("/text")->body(), "text");
}

TEST_F(StreamTest, KeepsTheLastOnesForWhoMayWrite) {
  settings_.limits.streams = 2;
  settings_.limits.reader_streams = 1;
  StartStreaming();
  control_thread_ = ControlThread();
  auto first = Watch();
  ASSERT_TRUE(script_.Wait([this] { return script_.waiting; }));
  TestClient reader(Endpoint()), writer(Endpoint(), &TestKeys::Get().client);
  EXPECT_EQ(reader.Get("/watch")->result_int(), 429u);
  writer.Send("HEAD /watch HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(writer.Receive(true)->result_int(), 200u);
}

TEST_F(StreamTest, OpensNoStreamForHead) {
  StartStreaming();
  control_thread_ = ControlThread();
  TestClient client(Endpoint());
  client.Send("HEAD /watch HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(client.Receive(true));
  ExpectClosedAndDestroyed();
  EXPECT_EQ(script_.asked, 0);
  EXPECT_EQ(client.Get("/text")->body(), "text");
}

TEST_F(StreamTest, KeepsWhatAClientSendsDuringAStreamForLater) {
  StartStreaming();
  auto client = Watch();
  client->Send("GET /text HTTP/1.1\r\nHost: x\r\n\r\n");
  Give(std::string("a"));
  EXPECT_EQ(client->Read(6), "1\r\na\r\n");
  Give(std::string());
  EXPECT_EQ(client->Read(5), "0\r\n\r\n");
  EXPECT_EQ(client->Receive()->body(), "text");
}

}  // namespace
}  // namespace ordinal::http

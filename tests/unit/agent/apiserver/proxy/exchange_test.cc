#include "agent/apiserver/proxy/exchange.h"

#include <gmock/gmock.h>

#include "tests/unit/agent/http/server_fixture.h"
#include "tests/unit/agent/http/upstream_server.h"

namespace ordinal::apiserver::proxy {
namespace {

using http::Put;
using http::Take;
using http::tcp;
using http::UpstreamServer;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A front that hands everything to one server, bodies while they come.
class ExchangeTest : public http::ServerFixture {
 protected:
  ~ExchangeTest() override { StopAll(); }

  void HandTo(const std::string& url) {
    settings_.hands_on = [](const http::Request&) { return true; };
    Start([this, url](std::shared_ptr<const http::Request> request) { return Handed(url, std::move(request)); });
  }
  Task<http::Response> Handed(std::string url, std::shared_ptr<const http::Request> request) {
    ExchangeTerms terms{url, "/p/x", {"/p", "server", "x"}};
    const auto exchange = std::make_shared<Exchange>(control_.get_executor(), request, std::move(terms));
    auto answer = co_await exchange->Run();
    if (answer.ok()) co_return std::move(*answer);
    exchange->Close();
    http::Response response = Text(answer.error().message);
    response.status = 503;
    co_return response;
  }
};

TEST_F(ExchangeTest, HandsOnWhatIsAskedAndAnswered) {
  std::string seen;
  UpstreamServer server([&seen](tcp::socket& socket, const std::string& head) {
    seen = head;
    Put(socket,
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Type: text/x\r\nLocation: /a\r\n"
        "Cache-Control: max-age=1\r\nContent-Length: 4\r\n\r\nbody");
  });
  HandTo(server.Url("/a?b=c"));
  http::TestClient client(Endpoint());
  client.Send("DELETE /p/x HTTP/1.1\r\nHost: api:6443\r\nX-Mine: 1\r\n\r\n");
  const auto answer = client.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->result_int(), 201u);
  EXPECT_EQ((*answer)["Content-Type"], "text/x");
  EXPECT_EQ((*answer)["Content-Length"], "4");
  EXPECT_EQ((*answer)["Location"], "/p/a");
  EXPECT_EQ(answer->count("Cache-Control"), 2u) << "ours and theirs, as in the reference";
  EXPECT_EQ(answer->body(), "body");
  EXPECT_TRUE(answer->keep_alive());
  EXPECT_THAT(seen, StartsWith("DELETE /a?b=c HTTP/1.1\r\nHost: api:6443\r\nConnection: close\r\n"));
  EXPECT_THAT(seen, HasSubstr("x-mine: 1\r\nx-forwarded-for: 127.0.0.1\r\nx-forwarded-uri: /p/x\r\n"));
}

TEST_F(ExchangeTest, AHeadIsAskedAsOne) {
  UpstreamServer server([](tcp::socket& socket, const std::string& head) {
    EXPECT_THAT(head, StartsWith("HEAD /a HTTP/1.1\r\n"));
    Put(socket, "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
  });
  HandTo(server.Url("/a"));
  http::TestClient client(Endpoint());
  client.Send("HEAD /p/x HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = client.Receive(/*head=*/true);
  ASSERT_TRUE(answer);
  EXPECT_EQ((*answer)["Content-Length"], "5000");
}

// More than may be kept of a body, each way, while neither side has ended.
TEST_F(ExchangeTest, BodiesPassBothWaysWhileTheyCome) {
  constexpr int kPieces = 200;
  const std::string piece(64 * 1024, 'p');
  UpstreamServer server([&piece](tcp::socket& socket, const std::string& head) {
    EXPECT_THAT(head, HasSubstr("Content-Length: " + std::to_string(kPieces * piece.size()) + "\r\n"));
    Put(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < kPieces; ++i) {
      ASSERT_EQ(Take(socket, piece.size()).size(), piece.size());
      Put(socket, "10000\r\n" + piece + "\r\n");
    }
    Put(socket, "0\r\n\r\n");
  });
  HandTo(server.Url("/echo"));
  http::TestClient client(Endpoint());
  client.Send("POST /p/x HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(kPieces * piece.size()) +
              "\r\n\r\n" + piece);
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  size_t come = 0;
  const auto take_piece = [&] {
    for (size_t want = come + piece.size(); come < want;) {
      const size_t size = std::stoul(client.ReadUntil("\r\n"), nullptr, 16);
      ASSERT_GT(size, 0u);
      come += client.Read(size).size();
      client.Read(2);
    }
  };
  for (int i = 1; i < kPieces; ++i) {
    take_piece();
    ASSERT_TRUE(client.Send(piece));
  }
  take_piece();
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "0\r\n\r\n");
}

TEST_F(ExchangeTest, ABodyInChunksComesInChunks) {
  const std::string body = "7\r\nabcdefg\r\n0\r\n\r\n";
  UpstreamServer server([&body](tcp::socket& socket, const std::string& head) {
    EXPECT_THAT(head, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_EQ(Take(socket, body.size()), body);
    Put(socket, "HTTP/1.1 204 No Content\r\n\r\n");
  });
  HandTo(server.Url("/"));
  http::TestClient client(Endpoint());
  client.Send("PUT /p/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send(body);
  const auto answer = client.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->result_int(), 204u);
}

TEST_F(ExchangeTest, AnAnswerBeforeTheBodysEndEndsTheConnection) {
  UpstreamServer server([](tcp::socket& socket, const std::string&) {
    Put(socket, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
  });
  HandTo(server.Url("/"));
  http::TestClient client(Endpoint());
  client.Send("POST /p/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\npart");
  const auto answer = client.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->result_int(), 403u);
  EXPECT_EQ(answer->body(), "no");
  EXPECT_FALSE(answer->keep_alive());
  EXPECT_TRUE(client.Ended());
}

TEST_F(ExchangeTest, AClientThatBreaksOffBreaksOffTheRequest) {
  UpstreamServer server([](tcp::socket& socket, const std::string&) {
    EXPECT_EQ(Take(socket, 1000), "part") << "and not that this was all";
  });
  HandTo(server.Url("/"));
  http::TestClient client(Endpoint());
  client.Send("POST /p/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\npart");
  client.Close();
}

TEST_F(ExchangeTest, AClientThatLeavesAfterItsBodyIsNoticed) {
  UpstreamServer server([](tcp::socket& socket, const std::string&) {
    Put(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
    EXPECT_EQ(Take(socket, 8), "partrest");
    EXPECT_EQ(Take(socket, 1), "") << "though nothing more is answered";
  });
  HandTo(server.Url("/"));
  http::TestClient client(Endpoint());
  client.Send("POST /p/x HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\npart");
  client.ReadUntil("1\r\na\r\n");
  client.Send("rest");
  client.Close();
}

TEST_F(ExchangeTest, OneThatIsWithdrawnEndsBeforeItsAnswer) {
  std::promise<void> asked;
  UpstreamServer server([&asked](tcp::socket& socket, const std::string&) {
    asked.set_value();
    EXPECT_EQ(Take(socket, 1), "");
  });
  settings_.proxied = [](const http::Request&) { return true; };
  HandTo(server.Url("/"));
  http::TestClient client(Endpoint());
  client.Send("GET /p/x HTTP/1.1\r\nHost: x\r\n\r\n");
  asked.get_future().wait();
  StopServer();
}

TEST_F(ExchangeTest, WhoCannotBeReachedIsNamed) {
  std::string url;
  {
    UpstreamServer server([](tcp::socket&, const std::string&) {});
    url = server.Url("/");
    asio::io_context io;
    tcp::socket once(io);
    once.connect({asio::ip::address_v4::loopback(), static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)))});
    Put(once, "\r\n\r\n");
  }
  HandTo(url);
  const auto answer = http::TestClient(Endpoint()).Get("/p/x");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->result_int(), 503u);
  EXPECT_THAT(answer->body(), StartsWith("dial tcp 127.0.0.1:"));
  EXPECT_THAT(answer->body(), HasSubstr(": connect: connection refused"));
}

TEST_F(ExchangeTest, ABrokenAnswerBreaksOffTheClients) {
  UpstreamServer server([](tcp::socket& socket, const std::string&) {
    Put(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  });
  HandTo(server.Url("/"));
  http::TestClient client(Endpoint());
  EXPECT_FALSE(client.Get("/p/x"));
}

TEST_F(ExchangeTest, NoAnswerIsAnError) {
  UpstreamServer server([](tcp::socket&, const std::string&) {});
  HandTo(server.Url("/"));
  const auto answer = http::TestClient(Endpoint()).Get("/p/x");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->result_int(), 503u);
  EXPECT_EQ(answer->body(), "EOF");
}

}  // namespace
}  // namespace ordinal::apiserver::proxy

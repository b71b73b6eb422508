#include "agent/http/relay.h"

#include <functional>
#include <future>
#include <list>

#include "tests/unit/agent/http/server_fixture.h"
#include "tests/unit/agent/http/upstream_server.h"

namespace ordinal::http {
namespace {

constexpr char kSwitched[] =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: "
    "v4\r\n\r\n";

class RelayTest : public ServerFixture {
 protected:
  ~RelayTest() override { StopAll(); }

  void StartRelaying(const std::string& url) {
    Start([url](std::shared_ptr<const Request>) { return ToUpstream(url); });
  }
  static Task<Response> ToUpstream(std::string url) {
    Response response;
    response.body = Proxy{std::move(url)};
    co_return response;
  }
  static std::string Upgrade(const std::string& command = "sh") {
    return "POST /api/v1/namespaces/default/pods/a/exec?command=" + command +
           " HTTP/1.1\r\nHost: api:6443\r\nConnection: "
           "Upgrade\r\n"
           "Upgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4\r\nAuthorization: Bearer good\r\nContent-Length: "
           "0\r\n\r\n";
  }
};

TEST_F(RelayTest, HandsOnTheRequestAndPassesBytesBothWays) {
  std::string seen;
  UpstreamServer upstream([&seen](tcp::socket& socket, const std::string& head) {
    seen = head;
    Put(socket, std::string(kSwitched) + "early");
    for (int i = 0; i < 100; ++i) Put(socket, Take(socket, 10'000));
    EXPECT_EQ(Take(socket, 1), "");  // the client has ended
  });
  StartRelaying(upstream.Url("/exec/tOkEn"));
  TestClient client(Endpoint());
  client.Send(Upgrade());
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), kSwitched);
  EXPECT_EQ(client.Read(5), "early");
  for (int i = 0; i < 100; ++i) {
    const std::string sent(10'000, static_cast<char>('a' + i % 26));
    client.Send(sent);
    ASSERT_EQ(client.Read(sent.size()), sent);
  }
  client.Close();
  StopAll();
  EXPECT_TRUE(seen.starts_with("POST /exec/tOkEn HTTP/1.1\r\nHost: 127.0.0.1:")) << seen;
  for (const char* kept : {"upgrade: SPDY/3.1\r\n", "connection: Upgrade\r\n", "x-stream-protocol-version: v4\r\n"}) {
    EXPECT_NE(seen.find(kept), std::string::npos) << seen;
  }
  EXPECT_EQ(seen.find("good"), std::string::npos) << seen;
}

TEST_F(RelayTest, PassesTheLastBytesWhenTheUpstreamEnds) {
  const std::string last(300'000, 'z');
  UpstreamServer upstream([&last](tcp::socket& socket, const std::string&) { Put(socket, kSwitched + last); });
  StartRelaying(upstream.Url("/"));
  TestClient client(Endpoint());
  client.Send(Upgrade());
  client.ReadUntil("\r\n\r\n");
  EXPECT_EQ(client.Read(last.size() + 1), last);
}

TEST_F(RelayTest, WaitsSoLongForASilentUpstreamOnceTheClientHasEnded) {
  settings_.limits.write = std::chrono::milliseconds(200);
  std::promise<void> over;
  UpstreamServer upstream([&over](tcp::socket& socket, const std::string&) {
    Put(socket, kSwitched);
    EXPECT_EQ(Take(socket, 1), "") << "the client's end";
    over.get_future().wait();
  });
  StartRelaying(upstream.Url("/"));
  TestClient client(Endpoint());
  client.Send(Upgrade());
  client.ReadUntil("\r\n\r\n");
  client.Goodbye();
  over.set_value();
}

TEST_F(RelayTest, EndsBothSidesWhenTheServerStops) {
  std::promise<void> ended;
  UpstreamServer upstream([&ended](tcp::socket& socket, const std::string&) {
    Put(socket, kSwitched);
    Take(socket, 1);
    ended.set_value();
  });
  StartRelaying(upstream.Url("/"));
  TestClient client(Endpoint());
  client.Send(Upgrade());
  client.ReadUntil("\r\n\r\n");
  StopServer();
  ended.get_future().wait();
  EXPECT_TRUE(client.Ended());
}

TEST_F(RelayTest, PassesOnAnAnswerWithoutASwitch) {
  UpstreamServer upstream([](tcp::socket& socket, const std::string&) {
    Put(socket,
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nX-Why: gone\r\nContent-Length: 7\r\n\r\nno exec");
  });
  StartRelaying(upstream.Url("/exec/old"));
  TestClient client(Endpoint());
  client.Send(Upgrade());
  const auto response = client.Receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->result_int(), 404u);
  EXPECT_EQ((*response)["Content-Type"], "text/plain");
  EXPECT_EQ((*response)["X-Why"], "gone");
  EXPECT_EQ(response->body(), "no exec");
}

TEST_F(RelayTest, TakesSoMuchBeforeTheAnswerAndOfIt) {
  const std::string hint = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", refused = "HTTP/1.1 403 Forbidden\r\n";
  struct {
    const char* what;
    std::string said;
    unsigned status;
    const char* body;
  } const cases[] = {
      {"preliminary answers", hint + hint + refused + "Content-Length: 2\r\n\r\nno", 403, "no"},
      {"too many of them", hint + hint + hint + hint + hint + hint, 502, "preliminary answers without end"},
      {"a long body", refused + "Content-Length: 65537\r\n\r\n", 502, "its answer has more than 65536 bytes"},
      {"one of unknown length", refused + "\r\n" + std::string(65537, 'x'), 502, "its answer has more than 65536"},
  };
  std::list<UpstreamServer> upstreams;
  std::vector<std::string> urls;
  for (const auto& one : cases) {
    upstreams.emplace_back([&one](tcp::socket& socket, const std::string&) { Put(socket, one.said); });
    urls.push_back(upstreams.back().Url("/"));
  }
  Start([&urls](std::shared_ptr<const Request> request) {
    return ToUpstream(urls[std::stoul(std::string(request->Query("command")))]);
  });
  for (size_t i = 0; i < urls.size(); ++i) {
    const auto& one = cases[i];
    SCOPED_TRACE(one.what);
    TestClient client(Endpoint());
    client.Send(Upgrade(std::to_string(i)));
    const auto response = client.Receive();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->result_int(), one.status);
    EXPECT_NE(response->body().find(one.body), std::string::npos) << response->body();
  }
  StopAll();
}

TEST_F(RelayTest, SaysWhenThereIsNobody) {
  std::string url;
  {
    asio::io_context io;
    const tcp::acceptor nobody(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    url = "http://127.0.0.1:" + std::to_string(nobody.local_endpoint().port()) + "/secret-token";
  }
  StartRelaying(url);
  TestClient client(Endpoint());
  client.Send(Upgrade());
  const auto response = client.Receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->result_int(), 502u);
  EXPECT_EQ(response->body().find("secret-token"), std::string::npos);
}

TEST(UpstreamHead, HandsOnWhatTheUpstreamMaySee) {
  Request request;
  request.method = "GET";
  request.headers = {{"host", "api:6443"},
                     {"authorization", "Bearer secret"},
                     {"impersonate-user", "x"},
                     {"upgrade", "websocket"},
                     {"connection", "Upgrade"},
                     {"expect", "100-continue"},
                     {"sec-websocket-protocol", "a"},
                     {"sec-websocket-protocol", "b"},
                     {"x-away", "1"}};
  Proxy proxy;
  proxy.set_headers = {{"sec-websocket-protocol", "b"}, {"x-away", ""}, {"x-new", "2"}};
  const RelayTarget to{{}, "127.0.0.1:1", "/exec"};
  EXPECT_EQ(UpstreamHead(request, proxy, to),
            "GET /exec HTTP/1.1\r\nHost: 127.0.0.1:1\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
            "sec-websocket-protocol: b\r\nx-new: 2\r\n\r\n");
  request.method = "POST";
  request.body = "abc";
  EXPECT_TRUE(UpstreamHead(request, proxy, to).ends_with("x-new: 2\r\nContent-Length: 3\r\n\r\n"));
}

TEST(RelayUrl, IsAnHttpAddressInNumbers) {
  struct Case {
    const char *url, *authority, *target;
    uint16_t port;  ///< 0: refused
  };
  const Case cases[] = {
      {"http://127.0.0.1:40113/exec/x?a=b", "127.0.0.1:40113", "/exec/x?a=b", 40113},
      {"http://[::1]:8080/exec", "[::1]:8080", "/exec", 8080},
      {"http://localhost:1", "localhost:1", "/", 1},
      {"http://10.244.0.3/x", "10.244.0.3", "/x", 80},
      {"https://10.244.0.3/x", "10.244.0.3", "/x", 443},
      {"ftp://127.0.0.1:1/x", "", "", 0},
      {"http://example.com/x", "", "", 0},
      {"http://127.0.0.1:port/x", "", "", 0},
      {"http://", "", "", 0},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.url);
    const auto parsed = ParseRelayUrl(one.url);
    ASSERT_EQ(parsed.ok(), one.port != 0);
    if (!parsed.ok()) continue;
    EXPECT_EQ(parsed->authority, one.authority);
    EXPECT_EQ(parsed->target, one.target);
    EXPECT_EQ(parsed->endpoint.port(), one.port);
  }
}

}  // namespace
}  // namespace ordinal::http

#include "agent/apiserver/streams/bridge.h"

#include <gmock/gmock.h>

#include <functional>

#include "agent/apiserver/streams/channels.h"
#include "tests/unit/agent/http/upstream_server.h"
#include "tests/unit/agent/http/websocket_client.h"

namespace ordinal::apiserver::streams {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Client = http::WebSocketClient;
using http::Put;
using http::Take;
using http::tcp;
using http::UpstreamServer;
using namespace std::string_literals;

constexpr char kSwitchedToSpdy[] =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n";

std::string Reply(char stream) { return "\x80\3\0\2\0\0\0\4\0\0\0"s + stream; }

/// A frame that a client of SPDY sent: its first eight bytes, and the rest.
std::pair<std::string, std::string> TakeFrame(tcp::socket& socket) {
  const std::string head = Take(socket, 8);
  if (head.size() < 8) return {};
  const size_t size = static_cast<unsigned char>(head[6]) * 256u + static_cast<unsigned char>(head[7]);
  return {head, Take(socket, size)};
}

/// Takes the streams of a session and replies to them.
void TakeStreams(tcp::socket& socket, int count) {
  for (int i = 0; i < count; ++i) {
    const auto [head, body] = TakeFrame(socket);
    ASSERT_EQ(head.substr(0, 4), "\x80\3\0\1"s);
    Put(socket, Reply(body[3]));
  }
}

class BridgeTest : public http::ServerFixture {
 protected:
  ~BridgeTest() override { StopAll(); }

  void ServeChannels(const UpstreamServer& runtime, Channels channels) {
    Start([url = runtime.Url("/exec/x"), channels](std::shared_ptr<const http::Request>) {
      return Bridged(std::make_shared<ChannelBridge>(url, channels));
    });
  }
  static Task<http::Response> Bridged(std::shared_ptr<http::Takeover> bridge) {
    http::Response response;
    response.body = std::move(bridge);
    co_return response;
  }
};

TEST_F(BridgeTest, ChannelsAreStreamsBothWaysAndStdinEnds) {
  std::string asked;
  UpstreamServer runtime([&asked](tcp::socket& socket, const std::string& head) {
    asked = head;
    Put(socket, kSwitchedToSpdy);
    TakeStreams(socket, 4);  // 1 the end, 3 stdin, 5 stdout, 7 stderr
    EXPECT_EQ(TakeFrame(socket), std::pair("\0\0\0\3\0\0\0\5"s, "hello"s));
    Put(socket, "\0\0\0\5\0\0\0\3out\0\0\0\7\0\0\0\3err"s);
    EXPECT_EQ(TakeFrame(socket), std::pair("\0\0\0\3\1\0\0\0"s, ""s));
    Put(socket, "\0\0\0\1\1\0\0\2{}"s);
  });
  ServeChannels(runtime, {.in = true, .out = true, .err = true});
  Client client(Endpoint());
  EXPECT_THAT(client.Handshake("/exec", "Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io\r\n"),
              HasSubstr("Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n"));
  EXPECT_EQ(client.Receive().bytes, "\1"s);  // it is there
  client.Send(Client::kBinaryFrame, "\0hello"s);
  EXPECT_EQ(client.Receive().bytes, "\1out"s);
  EXPECT_EQ(client.Receive().bytes, "\2err"s);
  client.Send(Client::kBinaryFrame, "\xff\0"s);
  EXPECT_EQ(client.Receive().bytes, "\3{}"s);
  EXPECT_EQ(client.Receive().opcode, Client::kCloseFrame);
  StopAll();
  EXPECT_THAT(asked, StartsWith("POST /exec/x HTTP/1.1\r\n"));
  EXPECT_THAT(asked, HasSubstr("upgrade: SPDY/3.1\r\nx-stream-protocol-version: v4.channel.k8s.io\r\n"));
}

TEST_F(BridgeTest, ATerminalHasSizesAndNoChannelOfErrors) {
  UpstreamServer runtime([](tcp::socket& socket, const std::string&) {
    Put(socket, kSwitchedToSpdy);
    TakeStreams(socket, 4);  // 1 the end, 3 stdin, 5 stdout, 7 sizes
    Put(socket, "\x80\3\0\6\0\0\0\4\0\0\0\2"s);
    EXPECT_EQ(TakeFrame(socket), std::pair("\x80\3\0\6\0\0\0\4"s, "\0\0\0\2"s)) << "a ping is answered";
    EXPECT_EQ(TakeFrame(socket).second, "{\"Width\":80}");
    Put(socket, "\0\0\0\1\0\0\0\2{}"s);
  });
  ServeChannels(runtime, {.in = true, .out = true, .tty = true});
  Client client(Endpoint());
  client.Handshake("/exec");
  client.Receive();
  client.Send(Client::kBinaryFrame, "\2dropped"s);
  client.Send(Client::kBinaryFrame, "\4{\"Width\":80}"s);
  EXPECT_EQ(client.Receive().bytes, "\3{}"s);
}

TEST_F(BridgeTest, ACommandWhoseRuntimeBreaksOffHasNotSucceeded) {
  UpstreamServer runtime([](tcp::socket& socket, const std::string&) {
    Put(socket, kSwitchedToSpdy);
    TakeStreams(socket, 2);
    Put(socket, "\0\0\0\3\0\0\0\4half"s);
  });
  ServeChannels(runtime, {.out = true});
  Client client(Endpoint());
  client.Handshake("/exec");
  client.Receive();
  EXPECT_EQ(client.Receive().bytes, "\1half"s);
  const std::string end = client.Receive().bytes;
  EXPECT_THAT(end, StartsWith("\3{"));
  EXPECT_THAT(end, HasSubstr("\"status\":\"Failure\""));
  EXPECT_EQ(client.Receive().opcode, Client::kCloseFrame);
}

TEST_F(BridgeTest, AClientThatLeavesEndsTheSession) {
  UpstreamServer runtime([](tcp::socket& socket, const std::string&) {
    Put(socket, kSwitchedToSpdy);
    TakeStreams(socket, 2);
    EXPECT_EQ(Take(socket, 1), "");
  });
  ServeChannels(runtime, {.out = true});
  Client client(Endpoint());
  client.Handshake("/exec");
  client.Receive();
  client.client().Close();
}

TEST_F(BridgeTest, TheServersEndIsTheirs) {
  UpstreamServer runtime([](tcp::socket& socket, const std::string&) {
    Put(socket, kSwitchedToSpdy);  // and no stream is ever taken
    while (!Take(socket, 1).empty()) {
    }
  });
  ServeChannels(runtime, {.in = true});
  Client client(Endpoint());
  client.Handshake("/exec");
  client.Send(Client::kBinaryFrame, "\0hello"s);
  StopServer();
}

TEST_F(BridgeTest, WhatTheRuntimeRefusesIsItsAnswer) {
  UpstreamServer runtime([](tcp::socket& socket, const std::string&) {
    Put(socket, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone");
  });
  ServeChannels(runtime, {.out = true});
  EXPECT_THAT(Client(Endpoint()).Handshake("/exec"), HasSubstr("HTTP/1.1 404 Not Found\r\n"));
}

TEST_F(BridgeTest, ATunnelCarriesTheBytesOfSpdy) {
  std::string asked;
  UpstreamServer runtime([&asked](tcp::socket& socket, const std::string& head) {
    asked = head;
    Put(socket, kSwitchedToSpdy + "early"s);
    EXPECT_EQ(Take(socket, 6), "frames");
    Put(socket, "more");
  });
  Start([url = runtime.Url("/portforward/x")](std::shared_ptr<const http::Request>) {
    return Bridged(std::make_shared<TunnelBridge>(url));
  });
  Client client(Endpoint());
  EXPECT_THAT(client.Handshake("/portforward"), HasSubstr("Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n"));
  EXPECT_EQ(client.Receive().bytes, "early");
  client.Send(Client::kBinaryFrame, "fra");
  client.Send(Client::kBinaryFrame, "mes");
  EXPECT_EQ(client.Receive().bytes, "more");
  EXPECT_EQ(client.Receive().opcode, Client::kCloseFrame);
  StopAll();
  EXPECT_THAT(asked, HasSubstr("x-stream-protocol-version: portforward.k8s.io\r\n"));
}

}  // namespace
}  // namespace ordinal::apiserver::streams

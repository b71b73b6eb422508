// The client's side of a WebSocket (RFC 6455), frame by frame, over a TestClient.
#pragma once

#include <array>
#include <string>
#include <utility>

#include "tests/unit/agent/http/server_fixture.h"

namespace ordinal::http {

class WebSocketClient {
 public:
  enum Opcode : unsigned char { kTextFrame = 1, kBinaryFrame = 2, kCloseFrame = 8, kPingFrame = 9, kPongFrame = 10 };
  struct Frame {
    int opcode = 0;  ///< 0: the connection ended
    std::string bytes;
  };

  explicit WebSocketClient(const std::string& endpoint) : client_(endpoint) {}

  /// The answer's head.
  std::string Handshake(const std::string& target, const std::string& fields = {}) {
    client_.Send("GET " + target +
                 " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                 fields + "\r\n");
    return client_.ReadUntil("\r\n\r\n");
  }
  bool Send(Opcode opcode, const std::string& bytes) {
    std::string frame(1, static_cast<char>(0x80 | opcode));
    if (bytes.size() < 126) {
      frame.push_back(static_cast<char>(0x80 | bytes.size()));
    } else {
      frame.push_back(static_cast<char>(0x80 | 126));
      frame.push_back(static_cast<char>(bytes.size() >> 8));
      frame.push_back(static_cast<char>(bytes.size()));
    }
    const std::array<char, 4> mask = {'m', 'a', 's', 'k'};
    frame.append(mask.begin(), mask.end());
    for (size_t i = 0; i < bytes.size(); ++i) frame.push_back(static_cast<char>(bytes[i] ^ mask[i % 4]));
    return client_.Send(frame);
  }
  /// The next frame, which is whole in what this server sends.
  Frame Receive() {
    const std::string head = client_.Read(2);
    if (head.size() < 2) return {};
    size_t size = static_cast<unsigned char>(head[1]);
    if (size >= 126) {
      size_t longer = 0;
      for (const char c : client_.Read(size == 126 ? 2 : 8)) longer = longer << 8 | static_cast<unsigned char>(c);
      size = longer;
    }
    return {head[0] & 15, client_.Read(size)};
  }
  TestClient& client() { return client_; }

 private:
  TestClient client_;
};

}  // namespace ordinal::http

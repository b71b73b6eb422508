// A client of HTTP/2 that sends what a test says, frame by frame, whether it is allowed or not.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/agent/http/server_fixture.h"

namespace ordinal::http {

struct Http2Frame {
  uint8_t type = 0, flags = 0;
  uint32_t stream = 0;
  std::string payload;

  /// Of RST_STREAM and GOAWAY.
  uint32_t Error() const {
    const size_t at = type == NGHTTP2_GOAWAY ? 4 : 0;
    uint32_t code = 0;
    for (size_t i = at; i < at + 4; ++i) code = code << 8 | static_cast<uint8_t>(payload.at(i));
    return code;
  }
  bool Ends() const { return (flags & NGHTTP2_FLAG_END_STREAM) != 0; }
};

struct Http2Answer {
  std::map<std::string, std::string> fields;
  std::string body;
  bool whole = false;
  uint32_t reset = 0;  ///< its error
  int Status() const {
    const auto found = fields.find(":status");
    return found == fields.end() ? 0 : std::stoi(found->second);
  }
};

class Http2Client {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  /// Shakes hands and sends the preface with empty settings.
  explicit Http2Client(const std::string& endpoint, const auth::KeyPair* pair = nullptr, bool preface = true)
      : client_(endpoint, pair) {
    nghttp2_hd_inflate_new(&inflater_);
    client_.OfferProtocols(std::string("\x02h2", 3));
    EXPECT_FALSE(client_.Handshake());
    if (preface) Send(std::string(NGHTTP2_CLIENT_MAGIC) + Frame(NGHTTP2_SETTINGS, 0, 0, ""));
  }
  Http2Client(const Http2Client&) = delete;
  Http2Client& operator=(const Http2Client&) = delete;
  ~Http2Client() { nghttp2_hd_inflate_del(inflater_); }

  static std::string Number(uint32_t value, size_t bytes) {
    std::string text;
    for (size_t i = bytes; i-- > 0;) text += static_cast<char>(value >> (8 * i) & 0xff);
    return text;
  }
  static std::string Frame(uint8_t type, uint8_t flags, uint32_t stream, const std::string& payload) {
    return Number(static_cast<uint32_t>(payload.size()), 3) + static_cast<char>(type) + static_cast<char>(flags) +
           Number(stream, 4) + payload;
  }
  /// RFC 7541 6.2.2, without compression; texts of less than 16 KiB.
  static std::string Block(const Fields& fields) {
    std::string block;
    const auto text = [&block](const std::string& of) {
      if (of.size() < 127) {
        block += static_cast<char>(of.size());
      } else {
        const size_t rest = of.size() - 127;
        block += '\x7f';
        if (rest >= 128) block += static_cast<char>(0x80 | (rest & 0x7f));
        block += static_cast<char>(rest >= 128 ? rest >> 7 : rest);
      }
      block += of;
    };
    for (const auto& [name, value] : fields) {
      block += '\0';
      text(name);
      text(value);
    }
    return block;
  }
  static Fields Request(const std::string& method, const std::string& path, const Fields& more = {}) {
    Fields fields = {{":method", method}, {":scheme", "https"}, {":authority", "x"}, {":path", path}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
  }

  bool Send(const std::string& bytes) { return client_.Send(bytes); }
  /// A request without a body; its stream.
  uint32_t Get(const std::string& path, const Fields& more = {}) {
    const uint32_t stream = std::exchange(next_, next_ + 2);
    Send(Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, stream,
               Block(Request("GET", path, more))));
    return stream;
  }
  /// The head of a request whose body follows.
  uint32_t Open(const Fields& fields) {
    const uint32_t stream = std::exchange(next_, next_ + 2);
    Send(Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, stream, Block(fields)));
    return stream;
  }
  void Data(uint32_t stream, const std::string& bytes, bool end) {
    Send(Frame(NGHTTP2_DATA, end ? NGHTTP2_FLAG_END_STREAM : 0, stream, bytes));
  }
  void Update(uint32_t stream, uint32_t bytes) { Send(Frame(NGHTTP2_WINDOW_UPDATE, 0, stream, Number(bytes, 4))); }

  /// The next frame; nothing when the connection has ended. SETTINGS are answered.
  std::optional<Http2Frame> Next() {
    const std::string head = client_.Read(9);
    if (head.size() < 9) return std::nullopt;
    const auto byte = [&head](size_t at) { return static_cast<uint32_t>(static_cast<uint8_t>(head[at])); };
    Http2Frame frame;
    frame.type = static_cast<uint8_t>(head[3]);
    frame.flags = static_cast<uint8_t>(head[4]);
    frame.stream = (byte(5) << 24 | byte(6) << 16 | byte(7) << 8 | byte(8)) & 0x7fffffff;
    frame.payload = client_.Read(byte(0) << 16 | byte(1) << 8 | byte(2));
    if (frame.type == NGHTTP2_SETTINGS && (frame.flags & NGHTTP2_FLAG_ACK) == 0) {
      Send(Frame(NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0, ""));
    }
    Note(frame);
    return frame;
  }
  /// The answer on `stream`, once it is whole or reset, or the connection has ended.
  Http2Answer Wait(uint32_t stream) {
    while (!answers_[stream].whole) {
      if (!Next()) break;
    }
    return answers_[stream];
  }
  Http2Answer& Of(uint32_t stream) { return answers_[stream]; }
  /// Reads until `stream` has so many bytes of a body; false when the connection ended.
  bool Until(uint32_t stream, size_t bytes) {
    while (answers_[stream].body.size() < bytes) {
      if (!Next()) return false;
    }
    return true;
  }
  /// The error of the GOAWAY that the server ends with; nothing: it ended without.
  std::optional<uint32_t> Goaway() {
    while (!goaway_ && Next()) {
    }
    return goaway_;
  }
  TestClient& client() { return client_; }

 private:
  void Note(const Http2Frame& frame) {
    Http2Answer& answer = answers_[frame.stream];
    switch (frame.type) {
      case NGHTTP2_HEADERS: Inflate(answer, frame.payload); break;
      case NGHTTP2_DATA: answer.body += frame.payload; break;
      case NGHTTP2_RST_STREAM: answer.reset = frame.Error(); break;
      case NGHTTP2_GOAWAY: goaway_ = frame.Error(); return;
      default: return;
    }
    answer.whole = answer.whole || frame.Ends() || frame.type == NGHTTP2_RST_STREAM;
  }
  void Inflate(Http2Answer& answer, const std::string& block) {
    const auto* at = reinterpret_cast<const uint8_t*>(block.data());
    size_t left = block.size();
    while (true) {
      nghttp2_nv field;
      int flags = 0;
      const ssize_t used = nghttp2_hd_inflate_hd2(inflater_, &field, &flags, at, left, 1);
      if (used < 0) return;
      at += used;
      left -= static_cast<size_t>(used);
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
        answer.fields[std::string(reinterpret_cast<char*>(field.name), field.namelen)] =
            std::string(reinterpret_cast<char*>(field.value), field.valuelen);
      }
      if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    }
    nghttp2_hd_inflate_end_headers(inflater_);
  }

  TestClient client_;
  nghttp2_hd_inflater* inflater_ = nullptr;
  uint32_t next_ = 1;
  std::map<uint32_t, Http2Answer> answers_;
  std::optional<uint32_t> goaway_;
};

}  // namespace ordinal::http

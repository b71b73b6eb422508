// SPDY/3.1 as much as the streaming server of a runtime speaks (draft-mbelshe-httpbis-spdy-3.1; Go's spdystream): the
// client's side. Pure.
//
//   control frame:  1 | version 3 (15) | type (16) | flags (8) | length (24) | …
//   data frame:     0 | stream (31)                | flags (8) | length (24) | bytes
//
// Of what the server sends, headers are not read: a reply counts by its stream alone. There is no flow control: the
// server has none, and the connection's own holds both sides.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::apiserver::streams {

using SpdyHeaders = std::vector<std::pair<std::string, std::string>>;  ///< names in lower case

/// What a client says. The headers of all streams of a connection are compressed in one, as text that refers to no
/// dictionary (RFC 1950: FDICT is not set), which readers with one take as well.
class SpdyWriter {
 public:
  SpdyWriter();
  ~SpdyWriter();
  SpdyWriter(const SpdyWriter&) = delete;
  SpdyWriter& operator=(const SpdyWriter&) = delete;

  /// SYN_STREAM. Streams of a client have odd numbers, each larger than the one before.
  std::string Open(uint32_t stream, const SpdyHeaders& headers);
  /// DATA, at most 16 MiB; `last` (FLAG_FIN): nothing more comes in this stream.
  static std::string Data(uint32_t stream, std::string_view bytes, bool last);
  /// PING: an answer has the number of the question.
  static std::string Ping(uint32_t number);

 private:
  struct Deflate;
  std::unique_ptr<Deflate> deflate_;
};

struct SpdyEvent {
  enum class Kind { kReply, kData, kReset, kPing, kGoAway };
  Kind kind = Kind::kData;
  uint32_t stream = 0;  ///< the number of a ping
  std::string bytes;    ///< of data; a frame may come as several
  bool last = false;    ///< the server sends nothing more in the stream
};

/// Reads what a server says, in pieces as they come.
class SpdyReader {
 public:
  /// What `bytes` complete. kInvalid: it is no SPDY/3.1, or a control frame is over 64 KiB.
  Result<std::vector<SpdyEvent>> Read(std::string_view bytes);

 private:
  Status TakeHeader(std::vector<SpdyEvent>& events);
  void TakeControl(std::vector<SpdyEvent>& events);

  std::string header_;   ///< of the frame that comes, eight bytes when it is whole
  std::string control_;  ///< the body of a control frame, so far
  uint32_t left_ = 0;    ///< bytes of the frame that are still to come
  uint16_t type_ = 0;    ///< of a control frame; 0: data
  uint32_t stream_ = 0;
  bool last_ = false;
};

}  // namespace ordinal::apiserver::streams

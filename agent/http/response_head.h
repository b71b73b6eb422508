// The text of a response before its body. Pure.
#pragma once

#include <optional>
#include <string>

#include "agent/base/clock.h"
#include "agent/http/message.h"

namespace ordinal::http {

struct Framing {
  std::optional<uint64_t> length;  ///< the body's bytes; nothing: they come in chunks, or end with the connection
  bool chunks = false;
  bool keep_alive = true;
  WallTime now;
};

/// RFC 9110 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string HttpDate(WallTime time);

/// Line breaks and zero bytes become spaces.
std::string OneLine(std::string value);

/// Status line and header fields, with Date, Cache-Control and what the framing needs. Line breaks in values of
/// headers become spaces: no value may add a field.
std::string ResponseHead(const Response& response, const Framing& framing);

}  // namespace ordinal::http

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

/// Status line and header fields, with Date, Cache-Control and what the framing needs. Line breaks in values of
/// headers become spaces: no value may add a field.
std::string ResponseHead(const Response& response, const Framing& framing);

}  // namespace ordinal::http

// The header of a response of HTTP/2. Pure.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/clock.h"
#include "agent/http/message.h"

namespace ordinal::http::http2 {

class ResponseFields {
 public:
  /// As ResponseHead has them: date, cache-control, content-type. `length`: the body's bytes, if they are known. What
  /// is about a connection of HTTP/1.1 is left out (RFC 9113 8.2.2).
  ResponseFields(const Response& response, std::optional<uint64_t> length, WallTime now);

  /// Of this object, as long as it lives.
  std::vector<nghttp2_nv> List() const;

 private:
  void Add(std::string name, std::string value);
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace ordinal::http::http2

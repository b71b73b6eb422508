// HeaderList: the header of one request of HTTP/2 while it comes, within its bounds. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/http/incoming.h"
#include "agent/http/settings.h"

namespace ordinal::http::http2 {

class HeaderList {
 public:
  /// `limits` outlives it.
  explicit HeaderList(const Limits& limits) : limits_(limits) {}

  /// The next field; what is beyond the bounds is not kept. Names are in lower case, as HTTP/2 has them.
  void Add(std::string_view name, std::string_view value);
  /// What kept fields take (RFC 9113 6.5.2: 32 bytes each, beside their text).
  size_t bytes() const { return bytes_; }

  /// Reads the request, once all of its header has come. Nothing: it is in `incoming`.
  std::optional<Refusal> Take(Incoming& incoming) const;

 private:
  std::optional<Refusal> Check(const Request& request) const;

  const Limits& limits_;
  size_t bytes_ = 0, fields_ = 0;
  bool too_large_ = false;
  std::string method_, path_, authority_;
  Incoming fields_of_;
};

}  // namespace ordinal::http::http2

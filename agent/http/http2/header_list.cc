#include "agent/http/http2/header_list.h"

#include <fmt/format.h>

#include "agent/http/framing.h"

namespace ordinal::http::http2 {
namespace {

constexpr size_t kFieldBytes = 32;

}  // namespace

void HeaderList::Add(std::string_view name, std::string_view value) {
  const size_t more = name.size() + value.size() + kFieldBytes;
  too_large_ = too_large_ || bytes_ + more > limits_.header_bytes || fields_ >= limits_.fields;
  if (too_large_) return;
  bytes_ += more;
  ++fields_;
  if (name == ":method") {
    method_ = value;
  } else if (name == ":path") {
    path_ = value;
  } else if (name == ":authority") {
    authority_ = value;
  } else if (!name.starts_with(':')) {
    TakeField(fields_of_, name, value);
  }
}

std::optional<Refusal> HeaderList::Check(const Request& request) const {
  if (!IsHost(request.Header("host"))) return Refusal{400, "the Host is no name or address"};
  const std::string_view expect = request.Header("expect");
  if (!expect.empty() && expect != "100-continue") return Refusal{417, "only the expectation 100-continue is known"};
  return std::nullopt;
}

std::optional<Refusal> HeaderList::Take(Incoming& incoming) const {
  if (too_large_) {
    return Refusal{431, fmt::format("the request's header is too large: limit is {}, and {} fields",
                                    limits_.header_bytes, limits_.fields)};
  }
  incoming = fields_of_;
  incoming.keep_alive = true;
  const Status line = TakeLine(incoming, method_, path_);
  if (!line.ok()) return Refusal{400, line.error().message};
  auto& headers = incoming.request->headers;
  if (!authority_.empty()) {
    headers.erase("host");
    headers.emplace("host", authority_);
  }
  return Check(*incoming.request);
}

}  // namespace ordinal::http::http2

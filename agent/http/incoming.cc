#include "agent/http/incoming.h"

#include <algorithm>
#include <utility>

#include "agent/http/bearer.h"
#include "agent/http/target.h"

namespace ordinal::http {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c); });
  return lower;
}

/// RFC 6750 2.1. Another scheme is no credential that we know: it is kept as one that nobody accepts.
std::string Bearer(std::string_view authorization) {
  const size_t space = std::min(authorization.find(' '), authorization.size());
  if (Lower(authorization.substr(0, space)) != "bearer") return authorization.empty() ? "" : " ";
  const size_t token = authorization.find_first_not_of(' ', space);
  return token == std::string_view::npos ? " " : std::string(authorization.substr(token));
}

}  // namespace

Status TakeLine(Incoming& incoming, std::string_view method, std::string_view target) {
  Request& request = *incoming.request;
  request.head = method == "HEAD";
  request.method = request.head ? "GET" : std::string(method);
  request.target = std::string(target);
  TRY(auto read, ParseTarget(request.target));
  request.segments = std::move(read.segments);
  request.query = std::move(read.query);
  return {};
}

void TakeField(Incoming& incoming, std::string_view name, std::string_view value) {
  auto lower = Lower(name);
  if (lower == "authorization") {
    incoming.bearer = Bearer(value);
  } else {
    incoming.request->headers.emplace(std::move(lower), std::string(value));
  }
}

void TakeLast(Incoming& incoming) {
  if (incoming.bearer.empty()) incoming.bearer = TakeSubprotocolBearer(*incoming.request);
}

}  // namespace ordinal::http

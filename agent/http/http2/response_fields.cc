#include "agent/http/http2/response_fields.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "agent/http/response_head.h"

namespace ordinal::http::http2 {
namespace {

constexpr std::array<std::string_view, 5> kOfConnections = {"connection", "keep-alive", "proxy-connection",
                                                            "transfer-encoding", "upgrade"};

/// RFC 9113 8.2.1: no space at either end.
std::string Trimmed(const std::string& value) {
  const size_t first = value.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return value.substr(first, value.find_last_not_of(" \t") + 1 - first);
}

uint8_t* BytesOf(const std::string& text) {
  return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));  // nghttp2 copies them
}

}  // namespace

ResponseFields::ResponseFields(const Response& response, std::optional<uint64_t> length, WallTime now) {
  fields_.reserve(response.headers.size() + 5);
  fields_.emplace_back(":status", std::to_string(response.status));
  Add("date", HttpDate(now));
  bool cache_said = false;
  for (const auto& [name, value] : response.headers) {
    Add(name, value);
    cache_said = cache_said || fields_.back().first == "cache-control";
  }
  if (!cache_said) Add("cache-control", "no-cache, private");
  if (!response.content_type.empty()) Add("content-type", response.content_type);
  if (length) Add("content-length", std::to_string(*length));
}

void ResponseFields::Add(std::string name, std::string value) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  if (std::find(kOfConnections.begin(), kOfConnections.end(), name) != kOfConnections.end()) return;
  fields_.emplace_back(OneLine(std::move(name)), Trimmed(OneLine(std::move(value))));
}

std::vector<nghttp2_nv> ResponseFields::List() const {
  std::vector<nghttp2_nv> list;
  list.reserve(fields_.size());
  for (const auto& [name, value] : fields_) {
    list.push_back({BytesOf(name), BytesOf(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  }
  return list;
}

}  // namespace ordinal::http::http2

#include "agent/api/text/go_text.h"

#include <array>
#include <string_view>

namespace ordinal::api {
namespace {

constexpr std::array<bool, 256> kLookedAt = [] {
  std::array<bool, 256> bytes{};
  for (const char each : {'<', '>', '&', '\xe2'}) bytes[static_cast<unsigned char>(each)] = true;
  return bytes;
}();

/// How what stands at the beginning is written; empty: as it is.
std::string_view Escaped(std::string_view rest) {
  switch (rest.front()) {
    case '<': return "\\u003c";
    case '>': return "\\u003e";
    case '&': return "\\u0026";
    default: break;
  }
  if (rest.starts_with("\u2028")) return "\\u2028";
  return rest.starts_with("\u2029") ? "\\u2029" : "";
}

}  // namespace

std::string AsGoWrites(std::string json) {
  std::string written;
  size_t done = 0;
  for (size_t i = 0; i < json.size(); ++i) {
    if (!kLookedAt[static_cast<unsigned char>(json[i])]) continue;
    const std::string_view escape = Escaped(std::string_view(json).substr(i));
    if (escape.empty()) continue;
    written.append(json, done, i - done).append(escape);
    if (json[i] == '\xe2') i += 2;
    done = i + 1;
  }
  if (done == 0) return json;
  return written.append(json, done);
}

}  // namespace ordinal::api

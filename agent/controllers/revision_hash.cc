#include "agent/controllers/revision_hash.h"

#include <string_view>

namespace ordinal::controllers {
namespace {

using api::Json;

/// JSON text as Go's encoding/json renders it: keys sorted, no spaces, and these characters escaped.
std::string GoText(const Json& value) {
  const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string escaped;
  escaped.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i);
    if (rest.front() == '<') {
      escaped += "\\u003c";
    } else if (rest.front() == '>') {
      escaped += "\\u003e";
    } else if (rest.front() == '&') {
      escaped += "\\u0026";
    } else if (rest.starts_with("\u2028") || rest.starts_with("\u2029")) {
      escaped += rest.starts_with("\u2028") ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      escaped += rest.front();
    }
  }
  return escaped;
}

}  // namespace

std::string RevisionHash(const Json& data, int64_t collision_count) {
  static constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  uint32_t hash = 2166136261U;
  for (const char c : GoText(data) + std::to_string(collision_count)) {
    hash *= 16777619U;
    hash ^= static_cast<uint8_t>(c);
  }
  std::string name = std::to_string(hash);
  for (char& c : name) c = kAlphabet[static_cast<uint8_t>(c) % kAlphabet.size()];
  return name;
}

}  // namespace ordinal::controllers

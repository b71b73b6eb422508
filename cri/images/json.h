// Reading JSON that somebody else wrote: nothing here throws, whatever the types are.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ordinal::cri {

using Json = nlohmann::json;

/// The member, or null.
inline const Json& Member(const Json& object, const char* key) {
  static const Json null;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() ? *found : null;
}

/// The member when it is text, else empty.
inline std::string Text(const Json& object, const char* key) {
  const Json& member = Member(object, key);
  return member.is_string() ? member.get<std::string>() : std::string();
}

/// The parsed text, or a discarded value (is_object() and is_array() are false).
inline Json ParseJson(const std::string& text) { return Json::parse(text, nullptr, /*allow_exceptions=*/false); }

}  // namespace ordinal::cri

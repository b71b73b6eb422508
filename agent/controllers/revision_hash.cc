#include "agent/controllers/revision_hash.h"

#include <string_view>

#include "agent/api/text/json_text.h"

namespace ordinal::controllers {

std::string RevisionHash(const api::Json& data, int64_t collision_count) {
  static constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  uint32_t hash = 2166136261U;
  for (const char c : api::JsonText(data) + std::to_string(collision_count)) {
    hash *= 16777619U;
    hash ^= static_cast<uint8_t>(c);
  }
  std::string name = std::to_string(hash);
  for (char& c : name) c = kAlphabet[static_cast<uint8_t>(c) % kAlphabet.size()];
  return name;
}

}  // namespace ordinal::controllers

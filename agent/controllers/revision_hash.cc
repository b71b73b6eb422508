#include "agent/controllers/revision_hash.h"

#include <string_view>

#include "agent/api/text/go_text.h"

namespace ordinal::controllers {
namespace {

using api::Json;

std::string GoText(const Json& value) {
  return api::AsGoWrites(value.dump(-1, ' ', false, Json::error_handler_t::replace));
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

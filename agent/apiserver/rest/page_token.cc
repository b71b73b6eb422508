#include "agent/apiserver/rest/page_token.h"

#include "agent/api/text/json.h"
#include "agent/apiserver/rest/status.h"

namespace ordinal::apiserver::rest {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr Duration kPromised = std::chrono::minutes(5);
// Anybody can make up a token: no second of it is beyond what a clock in nanoseconds counts.
constexpr uint64_t kMostTokenSeconds = 9'000'000'000;

Error Bad() { return BadRequest("invalid continue token: no list has given it; start the list again without it"); }

Result<std::string> FromHex(std::string_view text) {
  if (text.size() % 2 != 0) return Bad();
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += 2) {
    const size_t high = kHex.find(text[i]), low = kHex.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return Bad();
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

}  // namespace

std::string WriteToken(const PageToken& token) {
  api::Json json = {{"ns", token.ns}, {"name", token.name}};
  if (token.revision) json["rv"] = *token.revision;
  if (token.begun) {
    json["begun"] = std::chrono::duration_cast<std::chrono::seconds>(token.begun->time_since_epoch()).count();
  }
  std::string text;
  for (const char c : json.dump()) {
    const auto byte = static_cast<unsigned char>(c);
    text += kHex[byte / 16];
    text += kHex[byte % 16];
  }
  return text;
}

bool IsOld(const PageToken& token, WallTime now) {
  return token.revision && token.begun && now - *token.begun >= kPromised;
}

Result<PageToken> ReadToken(std::string_view text) {
  TRY(const std::string bytes, FromHex(text));
  const auto read = api::ParseJson(bytes);  // within bounds: anybody can make up a token
  if (!read.ok()) return Bad();
  const api::Json& json = *read;
  PageToken token{std::nullopt, api::ReadString(json, "ns"), api::ReadString(json, "name"), std::nullopt};
  if (token.name.empty()) return Bad();
  if (const api::Json& revision = api::Member(json, "rv"); revision.is_number_unsigned()) {
    token.revision = revision.get<uint64_t>();
  }
  const api::Json& begun = api::Member(json, "begun");
  if (begun.is_number_unsigned() && begun.get<uint64_t>() <= kMostTokenSeconds) {
    token.begun = WallTime(std::chrono::seconds(begun.get<int64_t>()));
  }
  return token;
}

}  // namespace ordinal::apiserver::rest

#include "agent/api/text/json_text.h"

#include <array>
#include <charconv>

#include "agent/api/text/go_text.h"

namespace ordinal::api {
namespace {

using NotUtf8 = Json::error_handler_t;

enum class Byte : char { kPlain, kEscaped, kBeyondAscii };

constexpr std::array<Byte, 256> kBytes = [] {
  std::array<Byte, 256> bytes{};
  for (size_t i = 0; i < 0x20; ++i) bytes[i] = Byte::kEscaped;
  for (size_t i = 0x80; i < bytes.size(); ++i) bytes[i] = Byte::kBeyondAscii;
  for (const unsigned char byte : {'"', '\\', '<', '>', '&'}) bytes[byte] = Byte::kEscaped;
  return bytes;
}();

/// What is rare is left to the library.
std::string Dumped(const Json& value, NotUtf8 not_utf8) { return AsGoWrites(value.dump(-1, ' ', false, not_utf8)); }

void AppendEscaped(unsigned char byte, std::string& text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  text += '\\';
  switch (byte) {
    case '"':
    case '\\': text += static_cast<char>(byte); return;
    case '\b': text += 'b'; return;
    case '\f': text += 'f'; return;
    case '\n': text += 'n'; return;
    case '\r': text += 'r'; return;
    case '\t': text += 't'; return;
    default: break;
  }
  text.append("u00").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 0xf]);
}

template <class Number>
void AppendNumber(Number number, std::string& text) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), end);
}

void AppendObject(const Json::object_t& members, std::string& text, NotUtf8 not_utf8) {
  char before = '{';
  for (const auto& [name, value] : members) {
    text += std::exchange(before, ',');
    AppendJsonString(name, text, not_utf8);
    text += ':';
    AppendJson(value, text, not_utf8);
  }
  text += members.empty() ? "{}" : "}";
}

void AppendArray(const Json::array_t& values, std::string& text, NotUtf8 not_utf8) {
  char before = '[';
  for (const Json& value : values) {
    text += std::exchange(before, ',');
    AppendJson(value, text, not_utf8);
  }
  text += values.empty() ? "[]" : "]";
}

}  // namespace

void AppendJsonString(std::string_view string, std::string& text, NotUtf8 not_utf8) {
  const size_t begin = text.size();
  text += '"';
  size_t done = 0;
  for (size_t i = 0; i < string.size(); ++i) {
    const auto byte = static_cast<unsigned char>(string[i]);
    if (kBytes[byte] == Byte::kPlain) continue;
    if (kBytes[byte] == Byte::kBeyondAscii) {
      text.resize(begin);
      text += Dumped(Json(string), not_utf8);
      return;
    }
    text.append(string, done, i - done);
    AppendEscaped(byte, text);
    done = i + 1;
  }
  text.append(string, done).push_back('"');
}

void AppendJson(const Json& value, std::string& text, NotUtf8 not_utf8) {
  switch (value.type()) {
    case Json::value_t::object: return AppendObject(value.get_ref<const Json::object_t&>(), text, not_utf8);
    case Json::value_t::array: return AppendArray(value.get_ref<const Json::array_t&>(), text, not_utf8);
    case Json::value_t::string: return AppendJsonString(value.get_ref<const std::string&>(), text, not_utf8);
    case Json::value_t::boolean: text += value.get<bool>() ? "true" : "false"; return;
    case Json::value_t::number_integer: return AppendNumber(value.get<int64_t>(), text);
    case Json::value_t::number_unsigned: return AppendNumber(value.get<uint64_t>(), text);
    case Json::value_t::null: text += "null"; return;
    default: text += Dumped(value, not_utf8); return;  // fractions
  }
}

std::string JsonText(const Json& value, NotUtf8 not_utf8) {
  std::string text;
  AppendJson(value, text, not_utf8);
  return text;
}

}  // namespace ordinal::api

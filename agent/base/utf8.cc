#include "agent/base/utf8.h"

#include <algorithm>
#include <cstdint>

namespace ordinal {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr size_t kLongest = 4;                             // bytes of a character

/// The bytes of the character at text[at], or 0 when there is none. Refused: continuation bytes alone, longer forms
/// than needed, surrogates, and what lies beyond U+10FFFF.
size_t CharacterLength(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : uint8_t{0}; };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const uint8_t second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || outside ? 0 : length;
}

bool Continues(char byte) { return (static_cast<uint8_t>(byte) & 0xC0) == 0x80; }

/// The same text, valid; of any length.
std::string Replaced(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t good = FirstBadByte(text);
    out += text.substr(0, good);
    text.remove_prefix(good);
    if (text.empty()) break;
    out += kReplacement;
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace

size_t FirstBadByte(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = CharacterLength(text, at);
    if (length == 0) return at;
    at += length;
  }
  return at;
}

std::string ValidText(std::string_view text, size_t limit) {
  std::string out = Replaced(text.substr(0, limit + kLongest));  // no more is looked at than can be kept
  if (out.size() <= limit) return out;
  size_t end = limit;
  while (end > 0 && Continues(out[end])) --end;
  out.resize(end);
  return out;
}

std::string ValidTail(std::string_view text, size_t limit) {
  size_t from = text.size() - std::min(text.size(), limit);
  // A character has at most three bytes behind its first: more of them are no rest of one.
  for (size_t i = 0; from > 0 && i + 1 < kLongest && from < text.size() && Continues(text[from]); ++i) ++from;
  const std::string out = Replaced(text.substr(from));
  if (out.size() <= limit) return out;
  size_t begin = out.size() - limit;
  while (begin < out.size() && Continues(out[begin])) ++begin;
  return out.substr(begin);
}

}  // namespace ordinal

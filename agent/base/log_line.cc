#include "agent/base/log_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "agent/base/utf8.h"

namespace ordinal::log {
namespace {

constexpr size_t kMostLineBytes = 16 * 1024;

/// The bytes of the character that `text` begins with when it can be shown as it is, else 0. Not shown: what is no
/// UTF-8, control characters (C0, DEL, C1), line and paragraph separators, and what turns the direction of the text
/// around it.
size_t ShownLength(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7F ? 1 : 0;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (text.size() < length || FirstBadByte(text.substr(0, length)) < length) return 0;
  char32_t code = first & (0x7FU >> length);
  for (size_t i = 1; i < length; ++i) code = code << 6 | (byte(i) & 0x3F);
  const bool control = code < 0xA0 || (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  return control ? 0 : length;
}

void Escape(char c, std::string& line) {
  if (c == '\n') {
    line += "\\n";
  } else {
    fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(c));
  }
}

}  // namespace

std::string OneLine(std::string_view message) {
  std::string line;
  line.reserve(std::min(message.size(), kMostLineBytes));
  for (size_t at = 0; at < message.size();) {
    if (line.size() > kMostLineBytes) {
      line += fmt::format("… ({} bytes more)", message.size() - at);
      break;
    }
    const size_t length = ShownLength(message.substr(at));
    if (length > 0) {
      line.append(message.substr(at, length));
    } else {
      Escape(message[at], line);
    }
    at += std::max(length, size_t{1});
  }
  return line;
}

}  // namespace ordinal::log

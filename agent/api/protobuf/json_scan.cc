#include "agent/api/protobuf/json_scan.h"

#include <charconv>
#include <cstdint>

namespace ordinal::api::protobuf {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// UTF-8 (RFC 3629); of half a pair U+FFFD.
void AppendCharacter(uint32_t code, std::string& out) {
  if (code >= 0xD800 && code <= 0xDFFF) code = 0xFFFD;
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
  }
  out += static_cast<char>(0x80 | (code & 0x3F));
}

/// The four digits of "\uXXXX" at the beginning, which are taken; 0xFFFD where they are none.
uint32_t TakeCode(std::string_view& rest) {
  uint32_t code = 0;
  const std::string_view digits = rest.substr(0, 4);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  rest.remove_prefix(digits.size());
  return error == std::errc() && end == digits.data() + 4 ? code : 0xFFFD;
}

void AppendUnicode(std::string_view& rest, std::string& out) {
  uint32_t code = TakeCode(rest);
  if (code >= 0xD800 && code < 0xDC00 && rest.starts_with("\\u")) {
    rest.remove_prefix(2);
    const uint32_t low = TakeCode(rest);
    code = low >= 0xDC00 && low <= 0xDFFF ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
  }
  AppendCharacter(code, out);
}

}  // namespace

char JsonScan::Peek() {
  while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonScan::Take(char sign) {
  if (Peek() != sign) return false;
  ++at_;
  return true;
}

/// From the opening quote to behind the closing one.
void JsonScan::SkipString() {
  for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
    if (text_[at_] == '\\') ++at_;
  }
  at_ = at_ < text_.size() ? at_ + 1 : text_.size();
}

/// From an opening brace or bracket to behind the one that closes it.
void JsonScan::SkipNested() {
  size_t depth = 0;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '"') {
      SkipString();
      continue;
    }
    ++at_;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return;
  }
}

std::string_view JsonScan::Value() {
  const char first = Peek();
  const size_t begin = at_;
  if (first == '"') {
    SkipString();
  } else if (first == '{' || first == '[') {
    SkipNested();
  } else {
    if (at_ < text_.size()) ++at_;  // whatever it is: nobody waits for a value for ever
    while (at_ < text_.size() && std::string_view(",]} \n\t\r").find(text_[at_]) == std::string_view::npos) ++at_;
  }
  return text_.substr(begin, at_ - begin);
}

std::string_view JsonScan::String(bool& escaped) {
  escaped = false;
  if (Peek() != '"') return {};
  const size_t begin = at_ + 1;
  for (at_ = begin; at_ < text_.size() && text_[at_] != '"'; ++at_) {
    if (text_[at_] != '\\') continue;
    escaped = true;
    ++at_;
  }
  const size_t end = at_ < text_.size() ? at_ : text_.size();
  at_ = end < text_.size() ? end + 1 : end;
  return text_.substr(begin, end - begin);
}

std::string_view JsonScan::MemberOf(std::string_view object, std::string_view name) {
  JsonScan scan(object);
  scan.Take('{');
  while (scan.Peek() == '"') {
    bool escaped = false;
    const std::string_view found = scan.String(escaped);
    scan.Take(':');
    const std::string_view value = scan.Value();
    if (found == name) return value;
    scan.Take(',');
  }
  return {};
}

void JsonScan::Unescape(std::string_view string, std::string& out) {
  while (!string.empty()) {
    const size_t slash = string.find('\\');
    out.append(string.substr(0, slash));
    if (slash == std::string_view::npos || slash + 1 >= string.size()) return;
    const char sign = string[slash + 1];
    string.remove_prefix(slash + 2);
    switch (sign) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': AppendUnicode(string, out); break;
      default: out += sign; break;
    }
  }
}

}  // namespace ordinal::api::protobuf

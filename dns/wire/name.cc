#include "dns/wire/name.h"

#include <fmt/format.h>

#include <cstring>

namespace ordinal::dns::wire {
namespace {

constexpr size_t kMaxLabel = 63;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Takes one character, escaped or plain, from the front of `text`. False for a broken escape.
bool TakeCharacter(std::string_view& text, uint8_t& out) {
  if (text.front() != '\\') {
    out = static_cast<uint8_t>(text.front());
    text.remove_prefix(1);
    return true;
  }
  if (text.size() < 2) return false;
  if (!IsDigit(text[1])) {
    out = static_cast<uint8_t>(text[1]);
    text.remove_prefix(2);
    return true;
  }
  if (text.size() < 4 || !IsDigit(text[2]) || !IsDigit(text[3])) return false;
  const int value = (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
  out = static_cast<uint8_t>(value);
  text.remove_prefix(4);
  return value <= 255;
}

}  // namespace

bool Name::Append(const uint8_t* label, size_t size) {
  if (size == 0 || size > kMaxLabel || size_ + 1 + size > kMaxNameSize) return false;
  bytes_[size_ - 1] = static_cast<uint8_t>(size);
  std::memcpy(bytes_.data() + size_, label, size);
  size_ = static_cast<uint8_t>(size_ + 1 + size);
  bytes_[size_ - 1] = 0;
  return true;
}

Result<Name> Name::FromText(std::string_view text) {
  const std::string_view whole = text;
  const auto bad = [whole](std::string_view why) {
    return MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" is not a domain name: {}", whole, why));
  };
  Name name;
  if (text.empty()) return bad("it is empty");
  if (text == ".") return name;
  std::array<uint8_t, kMaxLabel> label;
  size_t size = 0;
  while (!text.empty()) {
    if (text.front() == '.') {
      if (!name.Append(label.data(), size)) return bad("an empty label, or more than 255 bytes in all");
      size = 0;
      text.remove_prefix(1);
      continue;
    }
    if (size == kMaxLabel) return bad("a label has more than 63 bytes");
    if (!TakeCharacter(text, label[size])) return bad("a broken escape");
    ++size;
  }
  if (size > 0 && !name.Append(label.data(), size)) return bad("more than 255 bytes in all");
  return name;
}

std::optional<Name> Name::Child(std::string_view label) const {
  Name child;
  if (!child.Append(reinterpret_cast<const uint8_t*>(label.data()), label.size())) return std::nullopt;
  if (child.size_ - 1U + size_ > kMaxNameSize) return std::nullopt;
  std::memcpy(child.bytes_.data() + child.size_ - 1, bytes_.data(), size_);
  child.size_ = static_cast<uint8_t>(child.size_ - 1 + size_);
  return child;
}

Name Name::Parent() const {
  if (IsRoot()) return *this;
  Name parent;
  const size_t skip = 1U + bytes_[0];
  parent.size_ = static_cast<uint8_t>(size_ - skip);
  std::memcpy(parent.bytes_.data(), bytes_.data() + skip, parent.size_);
  return parent;
}

Name Name::Lower() const {
  Name lower = *this;
  // Length bytes are at most 63 and therefore never touched.
  for (size_t i = 0; i < size_; ++i) lower.bytes_[i] = LowerByte(lower.bytes_[i]);
  return lower;
}

std::string Name::ToText() const {
  if (IsRoot()) return ".";
  std::string text;
  for (size_t at = 0; bytes_[at] != 0;) {
    const size_t end = at + 1 + bytes_[at];
    for (++at; at < end; ++at) {
      const uint8_t c = bytes_[at];
      if (c == '.' || c == '\\' || c == '"' || c == ';' || c == '(' || c == ')' || c == '@' || c == '$') {
        text += '\\';
        text += static_cast<char>(c);
      } else if (c > ' ' && c < 0x7F) {
        text += static_cast<char>(c);
      } else {
        text += fmt::format("\\{:03}", c);
      }
    }
    text += '.';
  }
  return text;
}

bool Name::operator==(const Name& other) const {
  if (size_ != other.size_) return false;
  for (size_t i = 0; i < size_; ++i) {
    if (LowerByte(bytes_[i]) != LowerByte(other.bytes_[i])) return false;
  }
  return true;
}

bool Name::IsAtOrBelow(const Name& ancestor) const {
  const Name self = Lower();
  const Name other = ancestor.Lower();
  return EndsWithName(self.wire(), other.wire());
}

bool EndsWithName(std::string_view name, std::string_view ancestor) {
  while (name.size() > ancestor.size()) {
    const size_t skip = 1U + static_cast<uint8_t>(name.front());
    if (skip > name.size()) return false;
    name.remove_prefix(skip);
  }
  return name == ancestor;
}

}  // namespace ordinal::dns::wire

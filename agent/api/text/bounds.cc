#include "agent/api/text/bounds.h"

#include <algorithm>

namespace ordinal::api {
namespace {

constexpr size_t kMostNameBytes = 64;  // of a field's name in a message

}  // namespace

Error TooDeep(const std::string& where) {
  return MakeError(ErrorCode::kInvalid,
                   where + ": objects and lists are nested more than " + std::to_string(kMostDepth) + " levels deep",
                   "BadRequest");
}

Error TooManyValues(const std::string& where) {
  return MakeError(ErrorCode::kInvalid, where + ": there are more than " + std::to_string(kMostValues) + " values",
                   "RequestEntityTooLarge");
}

Status JsonBounds::Take(std::string_view piece) {
  size_t at = quoted_ ? SkipQuoted(piece, 0) : 0;
  for (; at < piece.size(); ++at) {
    switch (piece[at]) {
      case '"':
        quoted_ = true;
        naming_ = depth_ == 1;
        if (naming_) field_.clear();
        at = SkipQuoted(piece, at + 1) - 1;
        break;
      case '[':
      case '{':
        if (++depth_ > kMostDepth) return TooDeep(Where(at));
        if (++values_ > kMostValues) return TooManyValues(Where(at));
        break;
      case ']':
      case '}':
        if (depth_ > 0) --depth_;
        break;
      case ',':
        if (++values_ > kMostValues) return TooManyValues(Where(at));
        break;
      case '\n':
        ++line_;
        line_start_ = taken_ + at + 1;
        break;
      default: break;
    }
  }
  taken_ += piece.size();
  return {};
}

size_t JsonBounds::SkipQuoted(std::string_view piece, size_t at) {
  size_t quote = std::min(piece.find('"', at), piece.size());
  while (at < piece.size()) {
    if (escaped_) {
      escaped_ = false;
      if (quote == at++) quote = std::min(piece.find('"', at), piece.size());
      continue;
    }
    const std::string_view text = piece.substr(at, quote - at);
    const size_t escape = text.find('\\');
    if (naming_ && field_.size() < kMostNameBytes) field_ += text.substr(0, std::min(escape, kMostNameBytes));
    if (escape == std::string_view::npos) {
      quoted_ = quote == piece.size();
      return quoted_ ? quote : quote + 1;
    }
    escaped_ = true;
    at += escape + 1;
  }
  return at;
}

std::string JsonBounds::Where(size_t at) const {
  const std::string place =
      "line " + std::to_string(line_) + ", column " + std::to_string(taken_ + at - line_start_ + 1);
  return field_.empty() ? place : place + ", in the field \"" + field_ + "\"";
}

}  // namespace ordinal::api

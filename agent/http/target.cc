#include "agent/http/target.h"

namespace ordinal::http {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> Decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return MakeError(ErrorCode::kInvalid, "the target has a \"%\" that two hexadecimal digits do not follow");
      }
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (c == '\0') return MakeError(ErrorCode::kInvalid, "the target holds a zero byte");
    decoded.push_back(c);
  }
  return decoded;
}

/// Calls `each` for every part of `text` between `separator`s, until one fails.
template <class Each>
Status ForEachPart(std::string_view text, char separator, Each each) {
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    if (end > 0) TRYV(each(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

std::string_view WithoutOrigin(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const size_t path = target.find_first_of("/?", scheme.size());
    if (path == scheme.size()) return {};  // a host is missing there
    return path == std::string_view::npos ? "/" : target.substr(path);
  }
  return target;
}

}  // namespace

Result<Target> ParseTarget(std::string_view target) {
  target = WithoutOrigin(target);
  if (target.empty() || (target.front() != '/' && target.front() != '?')) {
    return MakeError(ErrorCode::kInvalid, "the target is no path");
  }
  target = target.substr(0, target.find('#'));
  const size_t mark = std::min(target.find('?'), target.size());
  Target parsed;
  TRYV(ForEachPart(target.substr(0, mark), '/', [&parsed](std::string_view part) -> Status {
    TRY(auto segment, Decode(part, false));
    parsed.segments.push_back(std::move(segment));
    return {};
  }));
  const std::string_view query = mark < target.size() ? target.substr(mark + 1) : std::string_view();
  TRYV(ForEachPart(query, '&', [&parsed](std::string_view pair) -> Status {
    const size_t equals = std::min(pair.find('='), pair.size());
    TRY(auto name, Decode(pair.substr(0, equals), true));
    TRY(auto value, Decode(equals < pair.size() ? pair.substr(equals + 1) : std::string_view(), true));
    parsed.query.emplace(std::move(name), std::move(value));
    return {};
  }));
  return parsed;
}

}  // namespace ordinal::http

#include "agent/podsync/env_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/api/names.h"
#include "agent/base/utf8.h"

namespace ordinal::podsync {
namespace {

constexpr std::string_view kBlanks = " \t\r";

Error Malformed(size_t line) { return MakeError(ErrorCode::kInvalid, fmt::format("line {} is no NAME='value'", line)); }

/// Takes the text up to the end of the line away from `text`; false when there is more than blanks.
bool EndsLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const bool blank = text.substr(0, end).find_first_not_of(kBlanks) == std::string_view::npos;
  text.remove_prefix(std::min(end + 1, text.size()));
  return blank;
}

}  // namespace

Result<api::StringMap> ParseEnvFile(std::string_view text) {
  api::StringMap variables;
  if (text.find('\0') != std::string_view::npos || FirstBadByte(text) != text.size()) {
    return MakeError(ErrorCode::kInvalid, "it is no text (it has zero bytes or is not UTF-8)");
  }
  for (size_t line = 1; !text.empty(); ++line) {
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    if (text.starts_with('#')) {
      text.remove_prefix(std::min(text.find('\n'), text.size()));
    }
    if (text.empty() || text.front() == '\n') {
      text.remove_prefix(std::min<size_t>(1, text.size()));
      continue;
    }
    const size_t equals = text.find("='");
    const std::string_view name = text.substr(0, std::min(equals, text.size()));
    // A shell takes no name with blanks or quotes in it.
    if (equals == std::string_view::npos || name.find_first_of(" '\"\n") != name.npos || api::CheckEnvName(name)) {
      return Malformed(line);
    }
    text.remove_prefix(equals + 2);
    const size_t close = text.find('\'');
    if (close == std::string_view::npos) return Malformed(line);
    std::string value(text.substr(0, close));
    text.remove_prefix(close + 1);
    if (!EndsLine(text)) return Malformed(line);
    line += static_cast<size_t>(std::count(value.begin(), value.end(), '\n'));
    variables[std::string(name)] = std::move(value);
  }
  return variables;
}

}  // namespace ordinal::podsync

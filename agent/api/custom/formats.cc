#include "agent/api/custom/formats.h"

#include <re2/re2.h>

#include <charconv>
#include <map>
#include <memory>
#include <string>

#include "agent/api/base64.h"
#include "agent/api/names.h"
#include "agent/base/clock.h"

namespace ordinal::api::custom {
namespace {

struct PatternOf {
  const char *format, *pattern;
};

constexpr PatternOf kPatternsOf[] = {
    {"uuid", "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$"},
    {"uuid3", "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$"},
    {"uuid4", "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$"},
    {"uuid5", "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$"},
    {"hexcolor", "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"},
    {"ssn", "^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}$"},
    {"bsonobjectid", "^[0-9a-fA-F]{24}$"},
    {"mac", "(?i)^([0-9a-f]{2}([:-][0-9a-f]{2}){5}|[0-9a-f]{2}([:-][0-9a-f]{2}){7}|([0-9a-f]{4}\\.){2}[0-9a-f]{4})$"},
    {"email", "^[^@\\s<>]+@[^@\\s<>]+$|^[^<>]*<[^@\\s<>]+@[^@\\s<>]+>$"},
    {"uri", "^([A-Za-z][A-Za-z0-9+.-]*:\\S+|/\\S*)$"},
    {"duration",
     "^[-+]?(0|([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)"
     "(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))*)$"
     "|^[0-9]+ *(ns|nano|nanoseconds?|us|µs|micro|microseconds?|ms|milli|milliseconds?|s|seconds?|m|minutes?"
     "|h|hours?|d|days?|w|weeks?)$"},
};

/// Compiled at the first use, for the life of the program.
const std::map<std::string_view, std::unique_ptr<re2::RE2>>& FormatPatterns() {
  static const auto patterns = [] {
    std::map<std::string_view, std::unique_ptr<re2::RE2>> compiled;
    for (const PatternOf& each : kPatternsOf) compiled[each.format] = std::make_unique<re2::RE2>(each.pattern);
    return compiled;
  }();
  return patterns;
}

bool IsDate(std::string_view text) { return text.size() == 10 && ParseTime(std::string(text) + "T00:00:00Z").ok(); }

bool IsNetwork(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || CheckAddress(text.substr(0, slash))) return false;
  const std::string_view bits = text.substr(slash + 1);
  int number = -1;
  const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), number);
  const int most = text.substr(0, slash).find(':') == std::string_view::npos ? 32 : 128;
  return error == std::errc() && end == bits.data() + bits.size() && number >= 0 && number <= most;
}

bool IsAddress(std::string_view text, bool six) {
  return !CheckAddress(text) && (text.find(':') != std::string_view::npos) == six;
}

}  // namespace

bool HasFormat(std::string_view format, std::string_view text) {
  if (const auto known = FormatPatterns().find(format); known != FormatPatterns().end()) {
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *known->second);
  }
  if (format == "date-time" || format == "datetime") return ParseTime(text).ok();
  if (format == "date") return IsDate(text);
  if (format == "ipv4") return IsAddress(text, false);
  if (format == "ipv6") return IsAddress(text, true);
  if (format == "cidr") return IsNetwork(text);
  if (format == "byte") return DecodeBase64(std::string(text)).ok();
  if (format == "hostname" || format == "k8s-long-name") return !CheckDnsSubdomain(text);
  if (format == "k8s-short-name") return !CheckDnsLabel(text);
  return true;
}

}  // namespace ordinal::api::custom

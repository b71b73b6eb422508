// The target of a request, "/api/v1/namespaces/default/pods?limit=500", taken apart. Pure.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::http {

struct Target {
  std::vector<std::string> segments;  ///< the path, split at "/", each percent-decoded; empty ones are left out
  std::multimap<std::string, std::string> query;  ///< percent-decoded, "+" is a space
};

/// kInvalid for a target that is no path, for a "%" that two hexadecimal digits do not follow, and for a zero byte.
/// The absolute form ("https://host/path", RFC 9112 3.2.2) is read too; its host is ignored.
Result<Target> ParseTarget(std::string_view target);

/// Whether no segment holds a "/" or "%", which only escapes put there: no name that a path speaks of has either. Who
/// joins segments, or splits a path, sees the same ones then.
inline bool PlainSegments(const std::vector<std::string>& segments) {
  return std::all_of(segments.begin(), segments.end(),
                     [](const std::string& each) { return each.find_first_of("/%") == std::string::npos; });
}

/// The part that logs may show: a query may hold the words of a command.
inline std::string_view PathOf(std::string_view target) { return target.substr(0, target.find('?')); }

}  // namespace ordinal::http

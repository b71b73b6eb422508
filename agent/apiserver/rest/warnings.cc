#include "agent/apiserver/rest/warnings.h"

#include <algorithm>
#include <charconv>

#include "agent/api/custom/definition.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;

const Json& Item(const Json& list, std::string_view index) {
  static const Json none;
  size_t place = 0;
  const auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), place);
  const bool whole = error == std::errc() && end == index.data() + index.size();
  return whole && list.is_array() && place < list.size() ? list[place] : none;
}

/// The value at "spec.containers[0].image"; null when there is none.
const Json& At(const Json& body, std::string_view path) {
  const Json* value = &body;
  while (!path.empty()) {
    if (path.front() == '[') {
      const size_t close = std::min(path.find(']'), path.size());
      value = &Item(*value, path.substr(1, close - 1));
      path.remove_prefix(std::min(close + 1, path.size()));
    } else {
      if (path.front() == '.') path.remove_prefix(1);
      const size_t end = std::min(path.find_first_of(".["), path.size());
      value = &api::Member(*value, path.substr(0, end));
      path.remove_prefix(end);
    }
  }
  return *value;
}

}  // namespace

void WarnOfVersion(Call& call) {
  const std::string& warning = call.kind().custom->Or(call.route.version).deprecation;
  if (!warning.empty()) call.warnings.push_back(warning);
}

std::vector<std::string> NewWarnings(const api::KindInfo& kind, const api::Object& before, const api::Object& now,
                                     std::vector<std::string> warnings) {
  if (before.empty() || kind.warn == nullptr) return warnings;
  std::vector<std::string> known;
  kind.warn(before.body(), known);
  std::erase_if(warnings, [&](const std::string& warning) {
    if (std::find(known.begin(), known.end(), warning) == known.end()) return false;
    const std::string field = warning.substr(0, warning.find(": "));
    return At(before.body(), field) == At(now.body(), field);
  });
  return warnings;
}

}  // namespace ordinal::apiserver::rest

#include "agent/status/merge.h"

#include <algorithm>
#include <set>

namespace ordinal::status {
namespace {

using api::Json;

bool Terminal(const Json& status) {
  const std::string phase = api::ReadString(status, "phase");
  return phase == "Succeeded" || phase == "Failed";
}

}  // namespace

Json Merged(const Json& wanted, const Json& stored) {
  Json merged = wanted;
  std::set<std::string> own;
  if (const Json& conditions = api::Member(wanted, "conditions"); conditions.is_array()) {
    for (const Json& condition : conditions) own.insert(api::ReadString(condition, "type"));
  }
  if (const Json& conditions = api::Member(stored, "conditions"); conditions.is_array()) {
    for (const Json& condition : conditions) {
      if (!own.contains(api::ReadString(condition, "type"))) merged["conditions"].push_back(condition);
    }
  }
  if (Terminal(stored) && !Terminal(wanted)) {
    for (const char* member : {"phase", "reason", "message"}) {
      if (stored.contains(member)) merged[member] = stored[member];
    }
  }
  return merged;
}

bool Same(const Json& a, const Json& b) {
  if (a.is_array() && b.is_array()) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Json& x, const Json& y) { return Same(x, y); });
  }
  if (!a.is_object() || !b.is_object()) return a == b;
  const auto covers = [](const Json& these, const Json& those) {
    for (const auto& [name, member] : these.items()) {
      if (!member.is_null() && !Same(member, api::Member(those, name))) return false;
    }
    return true;
  };
  return covers(a, b) && covers(b, a);
}

}  // namespace ordinal::status

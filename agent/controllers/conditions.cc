#include "agent/controllers/conditions.h"

#include <utility>

namespace ordinal::controllers {

using api::Json;

const Json* FindCondition(const Json& conditions, std::string_view type) {
  if (!conditions.is_array()) return nullptr;
  for (const Json& condition : conditions) {
    if (api::ReadString(condition, "type") == type) return &condition;
  }
  return nullptr;
}

void RemoveCondition(std::string_view type, Json& conditions) {
  Json kept = Json::array();
  if (conditions.is_array()) {
    for (const Json& condition : conditions) {
      if (api::ReadString(condition, "type") != type) kept.push_back(condition);
    }
  }
  conditions = std::move(kept);
}

bool SetCondition(const Condition& condition, WallTime now, Json& conditions) {
  const Json* found = FindCondition(conditions, condition.type);
  const Json before = found == nullptr ? Json() : *found;
  Json next{{"type", condition.type},
            {"status", condition.status},
            {"lastTransitionTime", FormatTime(now)},
            {"reason", condition.reason},
            {"message", condition.message}};
  if (api::ReadString(before, "status") == condition.status && before.contains("lastTransitionTime")) {
    next["lastTransitionTime"] = before["lastTransitionTime"];
  }
  RemoveCondition(condition.type, conditions);
  conditions.push_back(std::move(next));
  return api::ReadString(before, "status") != condition.status || api::ReadString(before, "reason") != condition.reason;
}

}  // namespace ordinal::controllers

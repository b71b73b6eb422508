// Conditions of workloads: a list of {type, status, reason, message, lastTransitionTime}. Pure.
#pragma once

#include <string>

#include "agent/api/object.h"

namespace ordinal::controllers {

struct Condition {
  std::string type, status, reason, message;
};

/// The condition of that type in a status.conditions list, or null.
const api::Json* FindCondition(const api::Json& conditions, std::string_view type);

/// Puts the condition into the list. The time of its last transition changes with its status only. True when anything
/// but a message changed.
bool SetCondition(const Condition& condition, WallTime now, api::Json& conditions);

void RemoveCondition(std::string_view type, api::Json& conditions);

}  // namespace ordinal::controllers

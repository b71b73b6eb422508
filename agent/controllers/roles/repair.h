// The default roles and bindings (defaults.h) are made when they are missing, and get back at each start what somebody
// took from them, but for those with the annotation autoupdate "false"
// (k8s.io/component-helpers/auth/rbac/reconciliation).
#pragma once

#include <optional>

#include "agent/base/clock.h"
#include "agent/base/task.h"
#include "agent/objects/objects.h"

namespace ordinal::controllers::roles {

/// `stored` with what it lacks of `wanted`: labels, annotations, rules and subjects; a role that gathers its rules,
/// only how it does. Nothing when it lacks nothing, is not to be touched, or is a binding of another role: `Replaced`.
/// Pure.
std::optional<api::Json> Repaired(const api::Json& stored, const api::Json& wanted);
/// Whether `stored` is a binding of another role than `wanted`, which no write can mend: it is made anew.
bool IsOfOtherRole(const api::Json& stored, const api::Json& wanted);

/// Makes and repairs all of them. The first error; the others are made all the same.
Task<Status> MakeDefaults(Executor executor, objects::Objects& client);
/// MakeDefaults again and again, first in a second and later every five minutes, until nothing fails: a full disk gets
/// room, and what was deleted goes in the end. `last`: why it failed before. `clock` and `client` outlive it.
Task<void> RepeatDefaults(Executor executor, Clock& clock, objects::Objects& client, Error last);

}  // namespace ordinal::controllers::roles

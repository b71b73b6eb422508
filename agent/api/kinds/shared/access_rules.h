// What roles and bindings have in common: rules, defaults and columns (k8s.io/kubernetes pkg/apis/rbac/validation,
// pkg/apis/rbac/v1/defaults.go).
#pragma once

#include "agent/api/access.h"
#include "agent/api/faults.h"
#include "agent/api/kinds/shared/cells.h"

namespace ordinal::api {

/// Whether a role or binding stands in a namespace or for all.
enum class RulesOf { kNamespace, kCluster };

/// The rules of a role: verbs; groups and resources, or, in a role for all, paths.
void ValidateRules(const Json& rules, RulesOf of, Faults& faults);

/// roleRef and subjects of a binding.
void ValidateBinding(const Json& body, RulesOf of, Faults& faults);
/// roleRef never changes: what people were given by this name would be something else.
void ValidateBindingUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors);
/// The API groups that roleRef and subjects leave out.
void SetBindingDefaults(Json& body);
Grants BindingGrants(const Json& body);

inline constexpr Column kRoleColumns[] = {
    kNameColumn,
    {"Created At", "date", "", "When the role was made.", 0},
};
Json RoleCells(const Json& body, WallTime now);

inline constexpr Column kBindingColumns[] = {
    kNameColumn,
    {"Role", "string", "", "The role that is given.", 0},
    kAgeColumn,
    {"Users", "string", "", "The users who are given the role.", 1},
    {"Groups", "string", "", "The groups that are given the role.", 1},
    {"ServiceAccounts", "string", "", "The service accounts that are given the role.", 1},
};
Json BindingCells(const Json& body, WallTime now);

}  // namespace ordinal::api

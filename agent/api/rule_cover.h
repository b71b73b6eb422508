// Whether somebody's rules permit all that other rules permit (k8s.io/component-helpers/auth/rbac/validation,
// k8s.io/kubernetes pkg/apis/rbac/v1/evaluation_helpers.go). Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/access.h"

namespace ordinal::api {

/// Of one comparison: a rule is every verb with every resource, which a short text can make many.
inline constexpr size_t kMostRights = 20'000;

/// Words that are looked up, or paths that are compared, at most: some tenths of a second.
inline constexpr size_t kMostComparisons = 4'000'000;

/// What `wanted` permits and `owned` does not: one right a rule (a verb, a group, a resource, a name). Empty: nothing.
/// kInvalid where more than kMostRights would have to be compared one by one, or it took more than kMostComparisons.
Result<std::vector<PolicyRule>> Uncovered(const std::vector<PolicyRule>& owned, const std::vector<PolicyRule>& wanted);

/// The same rights with the verbs of one resource in one rule.
std::vector<PolicyRule> Compacted(const std::vector<PolicyRule>& rights);

/// `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`, as the reference writes a rule in a refusal.
std::string ToString(const PolicyRule& rule);
/// `["a" "b"]`
std::string Quoted(const std::vector<std::string>& words);

/// Whether `path` is one of those that `pattern` names: itself, or with a "*" at its end all that begin like it.
bool MatchesPath(std::string_view pattern, std::string_view path);

}  // namespace ordinal::api

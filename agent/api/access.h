// Who may do what, as rbac.authorization.k8s.io/v1 says it: rules of roles, and whom a binding gives a role to. Typed
// views of the documents' parts; lenient, as all views.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api {

inline constexpr std::string_view kAccessGroup = "rbac.authorization.k8s.io";
inline constexpr std::string_view kUserSubject = "User";
inline constexpr std::string_view kGroupSubject = "Group";

/// PolicyRule: every verb with every resource of every group; or, with `paths`, every verb with every path. "*" stands
/// for all.
struct PolicyRule {
  std::vector<std::string> verbs, groups, resources;
  std::vector<std::string> names;  ///< empty: whatever name
  std::vector<std::string> paths;  ///< nonResourceURLs; one that ends in "*" stands for all that begin like it

  static PolicyRule From(const Json& rule);
  /// Absent where empty, as the reference writes them.
  Json ToJson() const;
  bool operator==(const PolicyRule&) const = default;
};

/// The member "rules" of a role.
std::vector<PolicyRule> ReadRules(const Json& body);

struct RoleRef {
  std::string group, kind, name;

  /// The member "roleRef" of a binding.
  static RoleRef From(const Json& body);
  bool operator==(const RoleRef&) const = default;
};

/// Subject of a binding: a user, a group, or a service account of a namespace.
struct AccessSubject {
  std::string kind, group, name, ns;

  static AccessSubject From(const Json& subject);
  bool operator==(const AccessSubject&) const = default;
};

/// The member "subjects" of a binding.
std::vector<AccessSubject> ReadSubjects(const Json& body);

/// What rights a document gives to others: whoever writes it must have them.
struct Grants {
  std::vector<PolicyRule> rules;
  Json gathering = nullptr;  ///< how it gathers those of other roles too, whichever they will be; null: it does not
  std::optional<RoleRef> of_role;  ///< and all that this role gives
};

}  // namespace ordinal::api

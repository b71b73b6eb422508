// What each role may do, as rules of the shape of rbac.authorization.k8s.io/v1 PolicyRule. Pure tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/http/message.h"

namespace ordinal::apiserver::auth {

/// One rule: every verb with every resource of every group. "*" stands for all; a resource with a slash is a
/// subresource ("pods/log"), and "pods" does not include those. Or: every verb with every path, when `paths` is set; a
/// path that ends in "*" stands for all that begin like it.
struct Rule {
  std::vector<std::string_view> verbs, groups, resources, paths;
  /// Objects with names only, and only those that belong to the node that asks (kubelet: its own Node and Lease).
  bool own_node = false;
};

/// What a caller may do. Anonymous: /healthz, /livez, /readyz, /version. View: read everything but secrets, the figures
/// of the node too. Node: what a node agent needs. Admin: everything.
enum class Role { kAnonymous, kView, kNode, kAdmin };

/// The rules of a user's role. Whoever showed a credential and has no role may use discovery and ask about itself.
const std::vector<Rule>& RulesOf(const http::User& user);

/// The role a user has by its name and groups: "system:masters" admin, "ordinal:view" view, "system:nodes" with a name
/// "system:node:NAME" node; everybody else has none.
Role RoleOf(std::string_view name, const std::vector<std::string>& groups);

inline constexpr std::string_view kAdminName = "kubernetes-admin";
inline constexpr std::string_view kAdminGroup = "system:masters";
inline constexpr std::string_view kViewGroup = "ordinal:view";
inline constexpr std::string_view kNodeGroup = "system:nodes";
inline constexpr std::string_view kNodePrefix = "system:node:";
inline constexpr std::string_view kAuthenticated = "system:authenticated";

}  // namespace ordinal::apiserver::auth

// The roles and bindings that every cluster has from the start (k8s.io/kubernetes plugin/pkg/auth/authorizer/rbac/
// bootstrappolicy), and what this agent's own certificates are given. Pure tables.
#pragma once

#include <vector>

#include "agent/api/access.h"

namespace ordinal::controllers::roles {

inline constexpr char kBootstrapping[] = "kubernetes.io/bootstrapping";  ///< label: "rbac-defaults"
/// Annotation: "false" keeps a default role or binding as people made it.
inline constexpr char kAutoUpdate[] = "rbac.authorization.kubernetes.io/autoupdate";

/// ClusterRoles, as documents. Those that gather others' rules have them, of the default ones.
std::vector<api::Json> DefaultRoles();
/// ClusterRoleBindings, as documents.
std::vector<api::Json> DefaultBindings();

}  // namespace ordinal::controllers::roles

// Typed view of a ClusterRoleBinding (rbac.authorization.k8s.io/v1).
#pragma once

#include "agent/api/access.h"

namespace ordinal::api {

struct ClusterRoleBinding {
  static constexpr char kKind[] = "ClusterRoleBinding";

  Object object;
  RoleRef role;
  std::vector<AccessSubject> subjects;
  static ClusterRoleBinding From(const Object& object);
};

}  // namespace ordinal::api

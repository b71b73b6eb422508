// Typed view of a RoleBinding (rbac.authorization.k8s.io/v1).
#pragma once

#include "agent/api/access.h"

namespace ordinal::api {

struct RoleBinding {
  static constexpr char kKind[] = "RoleBinding";

  Object object;
  RoleRef role;
  std::vector<AccessSubject> subjects;
  static RoleBinding From(const Object& object);
};

}  // namespace ordinal::api

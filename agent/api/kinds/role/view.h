// Typed view of a Role (rbac.authorization.k8s.io/v1).
#pragma once

#include "agent/api/access.h"

namespace ordinal::api {

struct Role {
  static constexpr char kKind[] = "Role";

  Object object;
  std::vector<PolicyRule> rules;
  static Role From(const Object& object);
};

}  // namespace ordinal::api

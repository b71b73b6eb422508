// Typed view of a ClusterRole (rbac.authorization.k8s.io/v1).
#pragma once

#include "agent/api/access.h"
#include "agent/api/selector.h"

namespace ordinal::api {

struct ClusterRole {
  static constexpr char kKind[] = "ClusterRole";

  Object object;
  std::vector<PolicyRule> rules;
  bool gathers = false;            ///< it has an aggregationRule: its rules are those of other roles
  std::vector<Selector> gathered;  ///< whose labels match one of these
  static ClusterRole From(const Object& object);
};

}  // namespace ordinal::api

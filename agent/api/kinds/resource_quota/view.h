// Typed view of a ResourceQuota (core/v1), and which objects it counts.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kind.h"
#include "agent/api/kinds/resource_quota/amounts.h"

namespace ordinal::api {

struct ResourceQuota {
  static constexpr char kKind[] = "ResourceQuota";

  /// A condition on what is counted (ScopedResourceSelectorRequirement).
  struct Scope {
    std::string name, op;  ///< "PriorityClass", "In"
    std::vector<std::string> values;
  };

  Object object;
  Meta meta;
  Amounts hard;               ///< spec.hard
  std::vector<Scope> scopes;  ///< spec.scopes and spec.scopeSelector: all have to hold

  static ResourceQuota From(const Object& object);

  /// What `body`, an object of `kind`, takes of `hard` at `now`; nothing when the quota is not about it. Empty for a
  /// null body.
  Amounts UsageOf(const KindInfo& kind, const Json& body, WallTime now) const;
  /// Whether the quota is about the object: it counts objects of the kind, and all scopes hold.
  bool IsAbout(const KindInfo& kind, const Json& body) const;
  bool InScopes(const KindInfo& kind, const Json& body) const;
  /// Whether objects of the kind may take something of `hard`.
  bool Counts(const KindInfo& kind) const;
  /// What a pod has to say because the quota counts it: "must specify limits.cpu for: a,b"; empty when it says all.
  /// k8s.io/kubernetes pkg/quota/v1/evaluator/core/pods.go, Constraints.
  std::string Unsaid(const Json& pod) const;
};

}  // namespace ordinal::api

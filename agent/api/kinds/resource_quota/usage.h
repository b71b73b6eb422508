// What one object takes of a namespace's resources (k8s.io/kubernetes pkg/quota/v1/evaluator). Pure.
#pragma once

#include <string>

#include "agent/api/kind.h"
#include "agent/api/kinds/resource_quota/amounts.h"

namespace ordinal::api {

/// Everything that a quota may count of the object. A pod that is over, or whose grace of deletion has passed at `now`,
/// is only an object: "count/pods". Of events, and of kinds that are in no namespace, nothing is counted.
Amounts TakenBy(const KindInfo& kind, const Json& body, WallTime now);

/// Whether TakenBy() of objects of the kind may name the resource.
bool MayTake(const KindInfo& kind, std::string_view resource);

/// "count/deployments.apps".
std::string CountOf(const KindInfo& kind);

}  // namespace ordinal::api

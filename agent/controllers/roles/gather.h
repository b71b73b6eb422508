// Aggregated roles: the rules of one that is made of others (k8s.io/kubernetes pkg/controller/clusterroleaggregation).
// Pure.
#pragma once

#include <vector>

#include "agent/api/kinds/cluster_role/view.h"
#include "agent/api/ref.h"

namespace ordinal::controllers::roles {

/// The rules of those of `all` that the role gathers, by their names, each rule once. `all` in the order of their
/// names.
std::vector<api::PolicyRule> Gathered(const api::ClusterRole& role, const api::Refs<api::ClusterRole>& all);

}  // namespace ordinal::controllers::roles

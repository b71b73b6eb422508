// Aggregated roles: the rules of one that is made of others (k8s.io/kubernetes pkg/controller/clusterroleaggregation).
// Pure.
#pragma once

#include <vector>

#include "agent/api/kinds/cluster_role/view.h"
#include "agent/api/ref.h"

namespace ordinal::controllers::roles {

/// The rules of those of `all` that the role gathers, by their names, each rule once; in the place of one that gathers
/// itself those that it gathers. So roles that gather one another have what comes from outside of them. `all` in the
/// order of their names.
std::vector<api::PolicyRule> Gathered(const api::ClusterRole& role, const api::Refs<api::ClusterRole>& all);

}  // namespace ordinal::controllers::roles

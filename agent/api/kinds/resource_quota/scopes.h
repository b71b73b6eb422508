// Scopes of quotas: which pods and claims one is about (k8s.io/kubernetes pkg/quota/v1/evaluator/core). Pure.
#pragma once

#include <string>
#include <string_view>

#include "agent/api/kinds/resource_quota/view.h"

namespace ordinal::api {

/// Whether the object is in the scope. Objects other than pods and claims are in none.
bool InScope(const ResourceQuota::Scope& scope, const KindInfo& kind, const Json& body);

/// One of the scopes that there are.
bool IsScope(std::string_view name);
/// Whether a quota with that scope may count `resource`, where it is one of those that have no domain.
bool FitsScope(std::string_view scope, std::string_view resource);

}  // namespace ordinal::api

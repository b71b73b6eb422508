// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kResourceQuota, kResourceQuotaSpec, kResourceQuotaStatus, kScopeSelector,
    kScopedResourceSelectorRequirement;

}  // namespace ordinal::api::schema

// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kResourceQuota, kResourceQuotaSpec, kResourceQuotaStatus, kScopeSelector,
    kScopedResourceSelectorRequirement;

/// Words of its fields.
inline constexpr std::string_view kQuotaScopes[] = {
    "BestEffort",  "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass",
    "Terminating", "VolumeAttributesClass"};
inline constexpr std::string_view kScopeOperators[] = {"DoesNotExist", "Exists", "In", "NotIn"};

}  // namespace ordinal::api::schema

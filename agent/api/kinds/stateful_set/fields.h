// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kStatefulSet, kStatefulSetSpec, kStatefulSetStatus, kStatefulSetCondition, kStatefulSetOrdinals,
    kStatefulSetPersistentVolumeClaimRetentionPolicy, kStatefulSetUpdateStrategy, kRollingUpdateStatefulSetStrategy;

/// Words of its fields.
inline constexpr std::string_view kManagementPolicies[] = {"OrderedReady", "Parallel"};
inline constexpr std::string_view kSetStrategyTypes[] = {"OnDelete", "RollingUpdate"};

}  // namespace ordinal::api::schema

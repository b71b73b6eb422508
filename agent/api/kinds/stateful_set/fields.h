// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kStatefulSet, kStatefulSetSpec, kStatefulSetStatus, kStatefulSetCondition, kStatefulSetOrdinals,
    kStatefulSetPersistentVolumeClaimRetentionPolicy, kStatefulSetUpdateStrategy, kRollingUpdateStatefulSetStrategy;

}  // namespace ordinal::api::schema

// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kPersistentVolumeClaim, kPersistentVolumeClaimSpec, kPersistentVolumeClaimStatus,
    kPersistentVolumeClaimCondition, kVolumeResourceRequirements, kModifyVolumeStatus;

}  // namespace ordinal::api::schema

// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kPersistentVolumeClaim, kPersistentVolumeClaimSpec, kPersistentVolumeClaimStatus,
    kPersistentVolumeClaimCondition, kVolumeResourceRequirements, kModifyVolumeStatus;

/// Words of its fields.
inline constexpr std::string_view kClaimPhases[] = {"Bound", "Lost", "Pending"};
inline constexpr std::string_view kModifyStates[] = {"InProgress", "Infeasible", "Pending"};

}  // namespace ordinal::api::schema

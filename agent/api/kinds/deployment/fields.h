// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kDeployment, kDeploymentSpec, kDeploymentStrategy, kRollingUpdateDeployment, kDeploymentStatus,
    kDeploymentCondition;

/// Words of its fields.
inline constexpr std::string_view kStrategyTypes[] = {"Recreate", "RollingUpdate"};

}  // namespace ordinal::api::schema

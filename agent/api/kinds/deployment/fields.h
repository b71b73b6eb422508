// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kDeployment, kDeploymentSpec, kDeploymentStrategy, kRollingUpdateDeployment, kDeploymentStatus,
    kDeploymentCondition;

}  // namespace ordinal::api::schema

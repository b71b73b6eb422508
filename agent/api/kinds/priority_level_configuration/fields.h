// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kPriorityLevelConfiguration, kPriorityLevelConfigurationSpec,
    kLimitedPriorityLevelConfiguration, kExemptPriorityLevelConfiguration, kLimitResponse, kQueuingConfiguration,
    kPriorityLevelConfigurationStatus, kPriorityLevelConfigurationCondition;

}  // namespace ordinal::api::schema

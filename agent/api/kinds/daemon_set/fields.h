// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kDaemonSet, kDaemonSetSpec, kDaemonSetUpdateStrategy, kRollingUpdateDaemonSet, kDaemonSetStatus,
    kDaemonSetCondition;

}  // namespace ordinal::api::schema

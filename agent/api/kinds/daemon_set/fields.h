// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kDaemonSet, kDaemonSetSpec, kDaemonSetUpdateStrategy, kRollingUpdateDaemonSet, kDaemonSetStatus,
    kDaemonSetCondition;

/// Words of its fields.
inline constexpr std::string_view kDaemonStrategyTypes[] = {"OnDelete", "RollingUpdate"};

}  // namespace ordinal::api::schema

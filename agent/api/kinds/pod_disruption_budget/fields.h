// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kPodDisruptionBudget, kPodDisruptionBudgetSpec, kPodDisruptionBudgetStatus;

/// Words of its fields.
inline constexpr std::string_view kUnhealthyEvictionPolicies[] = {"AlwaysAllow", "IfHealthyBudget"};

}  // namespace ordinal::api::schema

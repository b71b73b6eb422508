// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kJob, kJobSpec, kJobStatus, kJobCondition, kUncountedTerminatedPods, kPodFailurePolicy,
    kPodFailurePolicyRule, kPodFailurePolicyOnExitCodesRequirement, kPodFailurePolicyOnPodConditionsPattern,
    kSuccessPolicy, kSuccessPolicyRule;

}  // namespace ordinal::api::schema

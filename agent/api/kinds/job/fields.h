// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kJob, kJobSpec, kJobStatus, kJobCondition, kUncountedTerminatedPods, kPodFailurePolicy,
    kPodFailurePolicyRule, kPodFailurePolicyOnExitCodesRequirement, kPodFailurePolicyOnPodConditionsPattern,
    kSuccessPolicy, kSuccessPolicyRule;

/// Words of its fields.
inline constexpr std::string_view kCompletionModes[] = {"Indexed", "NonIndexed"};
inline constexpr std::string_view kReplacementPolicies[] = {"Failed", "TerminatingOrFailed"};
inline constexpr std::string_view kFailureActions[] = {"Count", "FailIndex", "FailJob", "Ignore"};
inline constexpr std::string_view kExitCodeOperators[] = {"In", "NotIn"};

}  // namespace ordinal::api::schema

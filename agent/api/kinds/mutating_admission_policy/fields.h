// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kMutatingAdmissionPolicy, kMutatingAdmissionPolicySpec, kPolicyMutation,
    kPolicyApplyConfiguration, kPolicyJSONPatch;

/// Words of its fields.
inline constexpr std::string_view kPatchTypes[] = {"ApplyConfiguration", "JSONPatch"};

}  // namespace ordinal::api::schema

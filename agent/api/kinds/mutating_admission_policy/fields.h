// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kMutatingAdmissionPolicy, kMutatingAdmissionPolicySpec, kPolicyMutation,
    kPolicyApplyConfiguration, kPolicyJSONPatch;

}  // namespace ordinal::api::schema

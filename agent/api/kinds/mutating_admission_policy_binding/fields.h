// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kMutatingAdmissionPolicyBinding, kMutatingAdmissionPolicyBindingSpec;

}  // namespace ordinal::api::schema

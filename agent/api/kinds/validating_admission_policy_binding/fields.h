// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kValidatingAdmissionPolicyBinding, kValidatingAdmissionPolicyBindingSpec, kPolicyParamRef;

/// Words of its fields.
inline constexpr std::string_view kValidationActions[] = {"Audit", "Deny", "Warn"};

}  // namespace ordinal::api::schema

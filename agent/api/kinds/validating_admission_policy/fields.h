// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kValidatingAdmissionPolicy, kValidatingAdmissionPolicySpec, kPolicyParamKind,
    kPolicyMatchResources, kNamedRuleWithOperations, kPolicyValidation, kPolicyAuditAnnotation, kPolicyVariable,
    kValidatingAdmissionPolicyStatus, kPolicyTypeChecking, kPolicyExpressionWarning;

}  // namespace ordinal::api::schema

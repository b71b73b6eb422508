// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kFlowSchema, kFlowSchemaSpec, kPriorityLevelConfigurationReference, kFlowDistinguisherMethod,
    kPolicyRulesWithSubjects, kFlowSubject, kFlowUserSubject, kFlowGroupSubject, kFlowServiceAccountSubject,
    kFlowResourceRule, kFlowNonResourceRule, kFlowSchemaStatus, kFlowSchemaCondition;

}  // namespace ordinal::api::schema

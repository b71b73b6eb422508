#include "agent/api/kinds/flow_schema/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kFlowSchemaFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kFlowSchemaSpec), "{}"), "which requests, and their level"),
    Tag(3, Default(Struct("status", kFlowSchemaStatus), "{}")),
};

constexpr Field kFlowSchemaSpecFields[] = {
    Tag(3, Optional(Struct("distinguisherMethod", kFlowDistinguisherMethod))),
    Tag(2, Default(Int32("matchingPrecedence"), "1000"),
        "of several that match the one with the smallest counts; 1000 when absent"),
    Tag(1, Listed(Struct("priorityLevelConfiguration", kPriorityLevelConfigurationReference))),
    Tag(4, List(Struct("rules", kPolicyRulesWithSubjects))),
};

constexpr Field kPriorityLevelConfigurationReferenceFields[] = {
    Tag(1, Listed(String("name"))),
};

constexpr Field kFlowDistinguisherMethodFields[] = {
    Tag(1, Listed(String("type"))),
};

constexpr Field kPolicyRulesWithSubjectsFields[] = {
    Tag(3, List(Struct("nonResourceRules", kFlowNonResourceRule))),
    Tag(2, List(Struct("resourceRules", kFlowResourceRule))),
    Tag(1, Listed(List(Struct("subjects", kFlowSubject)))),
};

constexpr Field kFlowSubjectFields[] = {
    Tag(3, Optional(Struct("group", kFlowGroupSubject))),
    Tag(1, Listed(String("kind"))),
    Tag(4, Optional(Struct("serviceAccount", kFlowServiceAccountSubject))),
    Tag(2, Optional(Struct("user", kFlowUserSubject))),
};

constexpr Field kFlowUserSubjectFields[] = {
    Tag(1, Listed(String("name"))),
};

constexpr Field kFlowGroupSubjectFields[] = {
    Tag(1, Listed(String("name"))),
};

constexpr Field kFlowServiceAccountSubjectFields[] = {
    Tag(2, Listed(String("name"))),
    Tag(1, Listed(String("namespace"))),
};

constexpr Field kFlowResourceRuleFields[] = {
    Tag(2, Listed(List(String("apiGroups")))), Tag(4, Bool("clusterScope")),
    Tag(5, List(String("namespaces"))),        Tag(3, Listed(List(String("resources")))),
    Tag(1, Listed(List(String("verbs")))),
};

constexpr Field kFlowNonResourceRuleFields[] = {
    Tag(6, Listed(List(String("nonResourceURLs")))),
    Tag(1, Listed(List(String("verbs")))),
};

constexpr Field kFlowSchemaStatusFields[] = {
    Tag(1, List(Struct("conditions", kFlowSchemaCondition), "type")),
};

constexpr Field kFlowSchemaConditionFields[] = {
    Tag(3, Time("lastTransitionTime")), Tag(5, String("message")), Tag(4, String("reason")),
    Tag(2, String("status")),           Tag(1, String("type")),
};

}  // namespace

constinit const StructType kFlowSchema{"FlowSchema", kFlowSchemaFields,
                                       "which requests to the API are of which priority level"};
constinit const StructType kFlowSchemaSpec{"FlowSchemaSpec", kFlowSchemaSpecFields};
constinit const StructType kPriorityLevelConfigurationReference{"PriorityLevelConfigurationReference",
                                                                kPriorityLevelConfigurationReferenceFields};
constinit const StructType kFlowDistinguisherMethod{"FlowDistinguisherMethod", kFlowDistinguisherMethodFields};
constinit const StructType kPolicyRulesWithSubjects{"PolicyRulesWithSubjects", kPolicyRulesWithSubjectsFields};
constinit const StructType kFlowSubject{"Subject", kFlowSubjectFields};
constinit const StructType kFlowUserSubject{"UserSubject", kFlowUserSubjectFields};
constinit const StructType kFlowGroupSubject{"GroupSubject", kFlowGroupSubjectFields};
constinit const StructType kFlowServiceAccountSubject{"ServiceAccountSubject", kFlowServiceAccountSubjectFields};
constinit const StructType kFlowResourceRule{"ResourcePolicyRule", kFlowResourceRuleFields};
constinit const StructType kFlowNonResourceRule{"NonResourcePolicyRule", kFlowNonResourceRuleFields};
constinit const StructType kFlowSchemaStatus{"FlowSchemaStatus", kFlowSchemaStatusFields};
constinit const StructType kFlowSchemaCondition{"FlowSchemaCondition", kFlowSchemaConditionFields};

}  // namespace ordinal::api::schema

#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/kinds/validating_admission_policy/fields.h"
#include "agent/api/kinds/validating_webhook_configuration/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kValidatingAdmissionPolicyFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kValidatingAdmissionPolicySpec), "{}"), "what is asked of which objects"),
    Tag(3, Default(Struct("status", kValidatingAdmissionPolicyStatus), "{}")),
};

constexpr Field kValidatingAdmissionPolicySpecFields[] = {
    Tag(5, List(Struct("auditAnnotations", kPolicyAuditAnnotation))),
    Tag(4, Optional(Default(OneOf(String("failurePolicy"), kFailurePolicies), R"("Fail")"))),
    Tag(6, List(Struct("matchConditions", kAdmissionMatchCondition), "name")),
    Tag(2, Optional(Struct("matchConstraints", kPolicyMatchResources))),
    Tag(1, Optional(Struct("paramKind", kPolicyParamKind))),
    Tag(3, List(Struct("validations", kPolicyValidation))),
    Tag(7, List(Struct("variables", kPolicyVariable), "name")),
};

constexpr Field kPolicyParamKindFields[] = {
    Tag(1, String("apiVersion")),
    Tag(2, String("kind")),
};

constexpr Field kPolicyMatchResourcesFields[] = {
    Tag(4, List(Struct("excludeResourceRules", kNamedRuleWithOperations))),
    Tag(7, Optional(Default(OneOf(String("matchPolicy"), kMatchPolicies), R"("Equivalent")"))),
    Tag(1, Optional(Default(Struct("namespaceSelector", kLabelSelector), "{}"))),
    Tag(2, Optional(Default(Struct("objectSelector", kLabelSelector), "{}"))),
    Tag(3, List(Struct("resourceRules", kNamedRuleWithOperations))),
};

constexpr Field kNamedRuleWithOperationsFields[] = {
    In(202, 1, List(String("apiGroups"))),
    In(202, 2, List(String("apiVersions"))),
    In(2, 1, List(OneOf(String("operations"), kRuleOperations))),
    Tag(1, List(String("resourceNames"))),
    In(202, 3, List(String("resources"))),
    In(202, 4, Optional(Default(OneOf(String("scope"), kRuleScopes), R"("*")"))),
};

constexpr Field kPolicyValidationFields[] = {
    Tag(1, Listed(String("expression"))),
    Tag(2, String("message")),
    Tag(4, String("messageExpression")),
    Tag(3, Optional(String("reason"))),
};

constexpr Field kPolicyAuditAnnotationFields[] = {
    Tag(1, Listed(String("key"))),
    Tag(2, Listed(String("valueExpression"))),
};

constexpr Field kPolicyVariableFields[] = {
    Tag(2, Listed(String("expression"))),
    Tag(1, Listed(String("name"))),
};

constexpr Field kValidatingAdmissionPolicyStatusFields[] = {
    Tag(3, Keyed(List(Struct("conditions", kCondition)), "type")),
    Tag(1, Int64("observedGeneration")),
    Tag(2, Optional(Struct("typeChecking", kPolicyTypeChecking))),
};

constexpr Field kPolicyTypeCheckingFields[] = {
    Tag(1, List(Struct("expressionWarnings", kPolicyExpressionWarning))),
};

constexpr Field kPolicyExpressionWarningFields[] = {
    Tag(2, Listed(String("fieldRef"))),
    Tag(3, Listed(String("warning"))),
};

}  // namespace

constinit const StructType kValidatingAdmissionPolicy{"ValidatingAdmissionPolicy", kValidatingAdmissionPolicyFields,
                                                      "what must hold of an object before the API takes it, in CEL"};
constinit const StructType kValidatingAdmissionPolicySpec{"ValidatingAdmissionPolicySpec",
                                                          kValidatingAdmissionPolicySpecFields};
constinit const StructType kPolicyParamKind{"ParamKind", kPolicyParamKindFields};
constinit const StructType kPolicyMatchResources{"MatchResources", kPolicyMatchResourcesFields};
constinit const StructType kNamedRuleWithOperations{"NamedRuleWithOperations", kNamedRuleWithOperationsFields};
constinit const StructType kPolicyValidation{"Validation", kPolicyValidationFields};
constinit const StructType kPolicyAuditAnnotation{"AuditAnnotation", kPolicyAuditAnnotationFields};
constinit const StructType kPolicyVariable{"Variable", kPolicyVariableFields};
constinit const StructType kValidatingAdmissionPolicyStatus{"ValidatingAdmissionPolicyStatus",
                                                            kValidatingAdmissionPolicyStatusFields};
constinit const StructType kPolicyTypeChecking{"TypeChecking", kPolicyTypeCheckingFields};
constinit const StructType kPolicyExpressionWarning{"ExpressionWarning", kPolicyExpressionWarningFields};

}  // namespace ordinal::api::schema

#include "agent/api/kinds/mutating_admission_policy/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/kinds/validating_admission_policy/fields.h"
#include "agent/api/kinds/validating_webhook_configuration/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kMutatingAdmissionPolicyFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kMutatingAdmissionPolicySpec), "{}"), "what is done to which objects"),
};

constexpr Field kMutatingAdmissionPolicySpecFields[] = {
    Tag(5, Optional(Default(OneOf(String("failurePolicy"), kFailurePolicies), R"("Fail")"))),
    Tag(6, List(Struct("matchConditions", kAdmissionMatchCondition), "name")),
    Tag(2, Optional(Struct("matchConstraints", kPolicyMatchResources))),
    Tag(4, List(Struct("mutations", kPolicyMutation))),
    Tag(1, Optional(Struct("paramKind", kPolicyParamKind))),
    Tag(7, OneOf(String("reinvocationPolicy"), kReinvocationPolicies)),
    Tag(3, List(Struct("variables", kPolicyVariable))),
};

constexpr Field kPolicyMutationFields[] = {
    Tag(3, Optional(Struct("applyConfiguration", kPolicyApplyConfiguration))),
    Tag(4, Optional(Struct("jsonPatch", kPolicyJSONPatch))),
    Tag(2, Listed(OneOf(String("patchType"), kPatchTypes))),
};

constexpr Field kPolicyApplyConfigurationFields[] = {
    Tag(1, String("expression")),
};

constexpr Field kPolicyJSONPatchFields[] = {
    Tag(1, String("expression")),
};

}  // namespace

constinit const StructType kMutatingAdmissionPolicy{"MutatingAdmissionPolicy", kMutatingAdmissionPolicyFields,
                                                    "how an object is changed before the API takes it, in CEL"};
constinit const StructType kMutatingAdmissionPolicySpec{"MutatingAdmissionPolicySpec",
                                                        kMutatingAdmissionPolicySpecFields};
constinit const StructType kPolicyMutation{"Mutation", kPolicyMutationFields};
constinit const StructType kPolicyApplyConfiguration{"ApplyConfiguration", kPolicyApplyConfigurationFields};
constinit const StructType kPolicyJSONPatch{"JSONPatch", kPolicyJSONPatchFields};

}  // namespace ordinal::api::schema

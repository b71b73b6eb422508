#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/validating_admission_policy/fields.h"
#include "agent/api/kinds/validating_admission_policy_binding/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kValidatingAdmissionPolicyBindingFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kValidatingAdmissionPolicyBindingSpec), "{}")),
};

constexpr Field kValidatingAdmissionPolicyBindingSpecFields[] = {
    Tag(3, Optional(Struct("matchResources", kPolicyMatchResources))),
    Tag(2, Optional(Struct("paramRef", kPolicyParamRef))),
    Tag(1, String("policyName")),
    Tag(4, List(OneOf(String("validationActions"), kValidationActions))),
};

constexpr Field kPolicyParamRefFields[] = {
    Tag(1, String("name")),
    Tag(2, String("namespace")),
    Tag(4, Optional(String("parameterNotFoundAction"))),
    Tag(3, Optional(Struct("selector", kLabelSelector))),
};

}  // namespace

constinit const StructType kValidatingAdmissionPolicyBinding{
    "ValidatingAdmissionPolicyBinding", kValidatingAdmissionPolicyBindingFields,
    "where a ValidatingAdmissionPolicy counts, and with which parameters"};
constinit const StructType kValidatingAdmissionPolicyBindingSpec{"ValidatingAdmissionPolicyBindingSpec",
                                                                 kValidatingAdmissionPolicyBindingSpecFields};
constinit const StructType kPolicyParamRef{"ParamRef", kPolicyParamRefFields};

}  // namespace ordinal::api::schema

#include "agent/api/kinds/mutating_admission_policy_binding/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/validating_admission_policy/fields.h"
#include "agent/api/kinds/validating_admission_policy_binding/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kMutatingAdmissionPolicyBindingFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kMutatingAdmissionPolicyBindingSpec), "{}")),
};

constexpr Field kMutatingAdmissionPolicyBindingSpecFields[] = {
    Tag(3, Optional(Struct("matchResources", kPolicyMatchResources))),
    Tag(2, Optional(Struct("paramRef", kPolicyParamRef))),
    Tag(1, String("policyName")),
};

}  // namespace

constinit const StructType kMutatingAdmissionPolicyBinding{
    "MutatingAdmissionPolicyBinding", kMutatingAdmissionPolicyBindingFields,
    "where a MutatingAdmissionPolicy counts, and with which parameters"};
constinit const StructType kMutatingAdmissionPolicyBindingSpec{"MutatingAdmissionPolicyBindingSpec",
                                                               kMutatingAdmissionPolicyBindingSpecFields};

}  // namespace ordinal::api::schema

#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/mutating_admission_policy_binding/fields.h"
#include "agent/api/kinds/shared/admission_rules.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_mutating_admission_policy_binding {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateBindingSpec(Member(body, "spec"), faults);
}

void Warn(const Json&, std::vector<std::string>& warnings) { warnings.push_back(NobodyAsks("spec")); }

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), TextCell(body, {"spec", "policyName"}), ParamRefCell(body), AgeCell(body, now)};
}

constexpr std::string_view kCategories[] = {"api-extensions"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"PolicyName", "string", "", "The policy that counts.", 0},
    {"ParamRef", "string", "", "Its parameters.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "admissionregistration.k8s.io",
    .version = "v1",
    .kind = "MutatingAdmissionPolicyBinding",
    .plural = "mutatingadmissionpolicybindings",
    .singular = "mutatingadmissionpolicybinding",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kMutatingAdmissionPolicyBinding,
    .old_versions = {},
    .validate = Validate,
    .warn = Warn,
    .in_manifests = true,
    .categories = kCategories,
    .columns = kColumns,
    .cells = Cells,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_mutating_admission_policy_binding

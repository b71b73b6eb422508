#include <set>

#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/admission_rules.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/validating_admission_policy_binding/fields.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_validating_admission_policy_binding {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  ValidateBindingSpec(spec, faults);
  const Path path("spec.validationActions");
  const std::vector<std::string> actions = ReadStrings(spec, "validationActions");
  if (actions.empty()) faults.Required(path);
  std::set<std::string> seen;
  for (size_t i = 0; i < actions.size(); ++i) {
    faults.OneOf(path[i], actions[i], schema::kValidationActions);
    if (!seen.insert(actions[i]).second) faults.Duplicate(path[i], actions[i]);
  }
  if (seen.contains("Deny") && seen.contains("Warn")) {
    faults.Add(path, kInvalid,
               "must not contain both Deny and Warn (repeating the same validation failure information in the API "
               "response and headers serves no purpose)");
  }
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
    .kind = "ValidatingAdmissionPolicyBinding",
    .plural = "validatingadmissionpolicybindings",
    .singular = "validatingadmissionpolicybinding",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kValidatingAdmissionPolicyBinding,
    .old_versions = {},
    .validate = Validate,
    .warn = Warn,
    .in_manifests = true,
    .categories = kCategories,
    .columns = kColumns,
    .cells = Cells,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_validating_admission_policy_binding

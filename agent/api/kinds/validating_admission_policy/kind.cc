#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/admission_rules.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/validating_admission_policy/fields.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_validating_admission_policy {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  ValidatePolicySpec(spec, faults);
  const Json& validations = Items(spec, "validations");
  const Json& annotations = Items(spec, "auditAnnotations");
  if (validations.empty() && annotations.empty()) {
    faults.Required(Path("spec.validations"), "validations or auditAnnotations must be present");
  }
  for (size_t i = 0; i < validations.size(); ++i) {
    if (!ReadString(validations[i], "expression").empty()) continue;
    faults.Required(Path("spec.validations")[i] / "expression", "expression is not specified");
  }
  for (size_t i = 0; i < annotations.size(); ++i) {
    const Path path = Path("spec.auditAnnotations")[i];
    for (const std::string_view member : {"key", "valueExpression"}) {
      if (ReadString(annotations[i], member).empty()) faults.Required(path / member);
    }
  }
}

void Warn(const Json&, std::vector<std::string>& warnings) { warnings.push_back(NobodyAsks("spec")); }

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), Items(Member(body, "spec"), "validations").size(), ParamKindCell(body), AgeCell(body, now)};
}

constexpr std::string_view kCategories[] = {"api-extensions"};
constexpr std::string_view kSubresources[] = {"status"};

Json FirstStatus(const Json&, WallTime) { return Json::object(); }

constexpr Column kColumns[] = {
    kNameColumn,
    {"Validations", "integer", "", "How many expressions must hold.", 0},
    {"ParamKind", "string", "", "The kind of its parameters.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "admissionregistration.k8s.io",
    .version = "v1",
    .kind = "ValidatingAdmissionPolicy",
    .plural = "validatingadmissionpolicies",
    .singular = "validatingadmissionpolicy",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kValidatingAdmissionPolicy,
    .old_versions = {},
    .validate = Validate,
    .warn = Warn,
    .in_manifests = true,
    .categories = kCategories,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_validating_admission_policy

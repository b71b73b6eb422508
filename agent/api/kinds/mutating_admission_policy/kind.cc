#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/mutating_admission_policy/fields.h"
#include "agent/api/kinds/shared/admission_rules.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_mutating_admission_policy {
namespace {

void ValidateMutation(const Json& mutation, const Path& path, Faults& faults) {
  const std::string type = ReadString(mutation, "patchType");
  if (type.empty()) faults.Required(path / "patchType");
  faults.OneOf(path / "patchType", type, schema::kPatchTypes);
  const std::string_view wanted = type == "JSONPatch" ? "jsonPatch" : "applyConfiguration";
  for (const std::string_view member : {"applyConfiguration", "jsonPatch"}) {
    const Json& patch = Member(mutation, member);
    if (member == wanted && ReadString(patch, "expression").empty()) faults.Required(path / member / "expression");
    if (member != wanted && patch.is_object()) {
      faults.Forbidden(path / member, "may not be given when patchType is " + type);
    }
  }
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  ValidatePolicySpec(spec, faults);
  const std::string again = ReadString(spec, "reinvocationPolicy");
  if (again.empty()) faults.Required(Path("spec.reinvocationPolicy"));
  faults.OneOf(Path("spec.reinvocationPolicy"), again, schema::kReinvocationPolicies);
  const Json& mutations = Items(spec, "mutations");
  if (mutations.empty()) faults.Required(Path("spec.mutations"));
  for (size_t i = 0; i < mutations.size(); ++i) ValidateMutation(mutations[i], Path("spec.mutations")[i], faults);
}

void Warn(const Json&, std::vector<std::string>& warnings) { warnings.push_back(NobodyAsks("spec")); }

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), Items(Member(body, "spec"), "mutations").size(), ParamKindCell(body), AgeCell(body, now)};
}

constexpr std::string_view kCategories[] = {"api-extensions"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Mutations", "integer", "", "How many changes it makes.", 0},
    {"ParamKind", "string", "", "The kind of its parameters.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "admissionregistration.k8s.io",
    .version = "v1",
    .kind = "MutatingAdmissionPolicy",
    .plural = "mutatingadmissionpolicies",
    .singular = "mutatingadmissionpolicy",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kMutatingAdmissionPolicy,
    .old_versions = {},
    .validate = Validate,
    .warn = Warn,
    .in_manifests = true,
    .categories = kCategories,
    .columns = kColumns,
    .cells = Cells,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_mutating_admission_policy

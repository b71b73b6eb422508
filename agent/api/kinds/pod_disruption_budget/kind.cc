#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/pod/template_rules.h"
#include "agent/api/kinds/pod_disruption_budget/fields.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_pod_disruption_budget {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Path path("spec");
  if (spec.contains("minAvailable") && spec.contains("maxUnavailable")) {
    faults.Add(path, kInvalid, "minAvailable and maxUnavailable may not both be set");
  }
  for (const std::string_view member : {"minAvailable", "maxUnavailable"}) {
    ValidateIntOrPercent(Member(spec, member), path / member, true, faults);
  }
  ValidateSelector(Member(spec, "selector"), path / "selector", faults);
  faults.OneOf(path / "unhealthyPodEvictionPolicy", ReadString(spec, "unhealthyPodEvictionPolicy"),
               schema::kUnhealthyEvictionPolicies);
  const Json& status = Member(body, "status");
  for (const std::string_view member : {"disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"}) {
    faults.NotNegative(Path("status") / member, ReadInt(status, member));
  }
}

Json NumberCell(const Json& spec, std::string_view member) { return ReadIntOrString(spec, member).value_or("N/A"); }

Json Cells(const Json& body, WallTime now) {
  const Json& spec = Member(body, "spec");
  return {NameCell(body), NumberCell(spec, "minAvailable"), NumberCell(spec, "maxUnavailable"),
          ReadInt(Member(body, "status"), "disruptionsAllowed"), AgeCell(body, now)};
}

Json FirstStatus(const Json&, WallTime) {
  return {{"currentHealthy", 0}, {"desiredHealthy", 0}, {"disruptionsAllowed", 0}, {"expectedPods", 0}};
}

constexpr std::string_view kShort[] = {"pdb"};
constexpr std::string_view kSubresources[] = {"status"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Min Available", "string", "", "How many of the pods must be healthy.", 0},
    {"Max Unavailable", "string", "", "How many of the pods may be away.", 0},
    {"Allowed Disruptions", "integer", "", "How many pods may be evicted now.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "policy",
    .version = "v1",
    .kind = "PodDisruptionBudget",
    .plural = "poddisruptionbudgets",
    .singular = "poddisruptionbudget",
    .short_names = kShort,
    .schema = &schema::kPodDisruptionBudget,
    .old_versions = {},
    .validate = Validate,
    .in_manifests = true,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_pod_disruption_budget

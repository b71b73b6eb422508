#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/lease/fields.h"
#include "agent/api/kinds/shared/cells.h"

namespace ordinal::api::kinds::of_lease {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Path path("spec");
  if (spec.contains("leaseDurationSeconds") && ReadInt(spec, "leaseDurationSeconds") <= 0) {
    faults.Invalid(path / "leaseDurationSeconds", ReadInt(spec, "leaseDurationSeconds"), "must be more than 0");
  }
  faults.NotNegative(path / "leaseTransitions", ReadInt(spec, "leaseTransitions"));
}

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), TextCell(body, {"spec", "holderIdentity"}), AgeCell(body, now)};
}

constexpr Column kColumns[] = {
    kNameColumn,
    {"Holder", "string", "", "Who holds the lease.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "coordination.k8s.io",
    .version = "v1",
    .kind = "Lease",
    .plural = "leases",
    .singular = "lease",
    .short_names = {},
    .schema = &schema::kLease,
    .old_versions = {},
    .validate = Validate,
    .columns = kColumns,
    .cells = Cells,
    .durable = false,
    .made_by_update = true,
};

}  // namespace ordinal::api::kinds::of_lease

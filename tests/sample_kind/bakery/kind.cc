#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/schema/unsupported.h"
#include "tests/sample_kind/bakery/fields.h"

namespace ordinal::api::kinds::of_bakery {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  faults.NotNegative(Path("spec.loaves"), ReadInt(Member(body, "spec"), "loaves"));
  faults.Append(UnsupportedFields(schema::kBakery, body, ""));
}

void Warn(const Json& body, std::vector<std::string>& warnings) {
  for (auto& warning : IneffectiveFields(schema::kBakery, body, "")) warnings.push_back(std::move(warning));
}

Json FirstStatus(const Json&, WallTime) { return {{"baked", 0}}; }

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), ReadInt(Member(body, "spec"), "loaves"), AgeCell(body, now)};
}

constexpr std::string_view kShort[] = {"bk"};
constexpr std::string_view kSubresources[] = {"scale", "status"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Loaves", "integer", "", "How many loaves are wanted.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "samples.ordinal.dev",
    .version = "v1",
    .kind = "Bakery",
    .plural = "bakeries",
    .singular = "bakery",
    .short_names = kShort,
    .schema = &schema::kBakery,
    .old_versions = {},
    .validate = Validate,
    .warn = Warn,
    .in_manifests = true,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_bakery

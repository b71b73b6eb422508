#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/priority_class/fields.h"
#include "agent/api/kinds/priority_class/view.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/values.h"

namespace ordinal::api::kinds::of_priority_class {
namespace {

/// k8s.io/kubernetes pkg/apis/scheduling/validation.
void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const std::string name = ReadString(Member(body, "metadata"), "name");
  const int64_t value = ReadInt(body, "value");
  const std::string policy = ReadString(body, "preemptionPolicy");
  faults.OneOf(Path("preemptionPolicy"), policy, schema::kPreemptionPolicies);
  if (!name.starts_with(kSystemPrefix)) {
    if (value > kHighestPriority) {
      faults.Forbidden(Path("value"), "maximum allowed value of a user defined priority is 1000000000");
    }
    return;
  }
  const SystemPriority* system = FindSystemPriority(name);
  const bool as_it_is = system != nullptr && system->value == value && !ReadBool(body, "globalDefault");
  if (as_it_is) return;
  faults.Forbidden(Path("metadata") / "name",
                   "priority class names with 'system-' prefix are reserved for system use only");
}

std::string Undeletable(std::string_view name) {
  return FindSystemPriority(name) == nullptr ? "" : "this is a system priority class and cannot be deleted";
}

constexpr std::string_view kShort[] = {"pc"};

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), ReadInt(body, "value"), ReadBool(body, "globalDefault"), AgeCell(body, now),
          TextCell(body, {"preemptionPolicy"})};
}

constexpr Column kColumns[] = {
    kNameColumn,
    {"Value", "integer", "", "The priority of its pods.", 0},
    {"Global-Default", "boolean", "", "Whether pods that name no class get this one.", 0},
    kAgeColumn,
    {"PreemptionPolicy", "string", "", "Whether its pods may preempt others.", 0},
};

}  // namespace

constinit const KindInfo kKind{
    .group = "scheduling.k8s.io",
    .version = "v1",
    .kind = "PriorityClass",
    .plural = "priorityclasses",
    .singular = "priorityclass",
    .short_names = kShort,
    .namespaced = false,
    .schema = &schema::kPriorityClass,
    .old_versions = {},
    .validate = Validate,
    .in_manifests = true,
    .columns = kColumns,
    .cells = Cells,
    .counts_generation = true,
    .shown_when_deleted = true,
    .undeletable = Undeletable,
};

}  // namespace ordinal::api::kinds::of_priority_class

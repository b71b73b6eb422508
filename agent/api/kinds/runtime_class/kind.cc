#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/pod/rules.h"
#include "agent/api/kinds/runtime_class/fields.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/meta_rules.h"

namespace ordinal::api::kinds::of_runtime_class {
namespace {

/// k8s.io/kubernetes pkg/apis/node/validation.
void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  faults.Syntax(Path("handler"), ReadString(body, "handler"), CheckDnsLabel);
  ValidateOverhead(Member(Member(body, "overhead"), "podFixed"), Path("overhead") / "podFixed", faults);
  const Json& scheduling = Member(body, "scheduling");
  ValidateLabels(Member(scheduling, "nodeSelector"), Path("scheduling") / "nodeSelector", faults);
  ValidateTolerations(scheduling, Path("scheduling"), faults);
}

Json Cells(const Json& body, WallTime now) { return {NameCell(body), TextCell(body, {"handler"}), AgeCell(body, now)}; }

constexpr Column kColumns[] = {
    kNameColumn,
    {"Handler", "string", "", "The runtime's name for it.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "node.k8s.io",
    .version = "v1",
    .kind = "RuntimeClass",
    .plural = "runtimeclasses",
    .singular = "runtimeclass",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kRuntimeClass,
    .old_versions = {},
    .validate = Validate,
    .in_manifests = true,
    .columns = kColumns,
    .cells = Cells,
    .shown_when_deleted = true,
    .made_by_update = true,
};

}  // namespace ordinal::api::kinds::of_runtime_class

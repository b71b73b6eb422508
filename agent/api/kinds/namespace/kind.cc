#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/namespace/fields.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/names.h"

namespace ordinal::api::kinds::of_namespace {
namespace {

constexpr std::string_view kShort[] = {"ns"};

void SetDefaults(Json& body) {
  // Selectors of namespaces find one by its name through this label.
  const std::string name = NameCell(body);
  if (!name.empty()) body["metadata"]["labels"]["kubernetes.io/metadata.name"] = name;
  // Whoever empties a deleted namespace takes this away at the end (the subresource finalize).
  Json& spec = body["spec"];
  if (!spec.contains("finalizers")) spec["finalizers"] = Json::array({"kubernetes"});
  const Json& status = Member(body, "status");
  if (status.is_object() && ReadString(status, "phase").empty()) body["status"]["phase"] = "Active";
}

/// What every client takes to be there.
std::string Undeletable(std::string_view name) {
  const bool always_there = name == "default" || name == "kube-system" || name == "kube-public";
  return always_there ? "this namespace may not be deleted" : "";
}

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), TextCell(body, {"status", "phase"}), AgeCell(body, now)};
}

constexpr std::string_view kFieldLabels[] = {"status.phase"};
constexpr std::string_view kSubresources[] = {"finalize", "status"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Status", "string", "", "Active, or Terminating while it is being emptied.", 0},
    kAgeColumn,
};

Json FirstStatus(const Json&, WallTime) { return {{"phase", "Active"}}; }

void ValidateStatus(const Json& body, const Json&, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const std::string phase = ReadString(Member(body, "status"), "phase");
  const bool deleting = Deleting(body);
  if (phase == (deleting ? "Terminating" : "Active")) return;
  faults.Invalid(Path("status.Phase"), phase,
                 deleting ? "may only be 'Terminating' if `deletionTimestamp` is not empty"
                          : "may only be 'Active' if `deletionTimestamp` is empty");
}

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "Namespace",
    .plural = "namespaces",
    .singular = "namespace",
    .short_names = kShort,
    .namespaced = false,
    .schema = &schema::kNamespace,
    .old_versions = {},
    .set_defaults = SetDefaults,
    .validate_status = ValidateStatus,
    .check_name = CheckDnsLabel,
    .field_labels = kFieldLabels,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .deleted_together = false,
    .undeletable = Undeletable,
};

}  // namespace ordinal::api::kinds::of_namespace

#include "agent/api/faults.h"
#include "agent/api/kinds/controller_revision/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/pod/defaults.h"
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"
#include "agent/api/schema/check.h"

namespace ordinal::api::kinds::of_controller_revision {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults(errors).NotNegative(Path("revision"), ReadInt(body, "revision"));
}

/// "statefulset.apps/kubia": the controller that owns the revision.
std::string Controller(const Json& body) {
  const Meta meta = ReadMeta(body);
  const OwnerReference* owner = meta.Controller();
  if (owner == nullptr) return "<none>";
  std::string kind = owner->kind;
  for (char& c : kind) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const size_t slash = owner->api_version.find('/');
  const std::string group = slash == std::string::npos ? "" : "." + owner->api_version.substr(0, slash);
  return kind + group + "/" + owner->name;
}

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), Controller(body), ReadInt(body, "revision"), AgeCell(body, now)};
}

constexpr Column kColumns[] = {
    kNameColumn,
    {"Controller", "string", "", "The set whose template was kept.", 0},
    {"Revision", "string", "", "Its number; the largest is the newest.", 0},
    kAgeColumn,
};

/// A revision keeps its set's template beside two members of its own, on which its name's hash depends
/// (controllers/revisions.cc).
void Complete(Json& body) {
  if (!Member(Member(Member(body, "data"), "spec"), "template").is_object()) return;
  Json& kept = body["data"]["spec"]["template"];
  Json wanted = kept;
  wanted.erase("$patch");
  std::vector<FieldError> ignored;
  if (!CheckSchema(schema::kPodTemplateSpec, wanted, ignored)) return;
  if (wanted.contains("spec")) DefaultPodSpec(wanted["spec"]);
  if (kept.contains("$patch")) wanted["$patch"] = kept["$patch"];
  const Json& metadata = Member(kept, "metadata");
  if (metadata.is_object() && metadata.contains("creationTimestamp")) {
    wanted["metadata"]["creationTimestamp"] = metadata["creationTimestamp"];
  }
  kept = std::move(wanted);
}

}  // namespace

constinit const KindInfo kKind{
    .group = "apps",
    .version = "v1",
    .kind = "ControllerRevision",
    .plural = "controllerrevisions",
    .singular = "controllerrevision",
    .short_names = {},
    .schema = &schema::kControllerRevision,
    .old_versions = {},
    .validate = Validate,
    .columns = kColumns,
    .cells = Cells,
    .complete = Complete,
};

}  // namespace ordinal::api::kinds::of_controller_revision

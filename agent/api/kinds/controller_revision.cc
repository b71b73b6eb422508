#include "agent/api/faults.h"
#include "agent/api/kinds/cells.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/read.h"
#include "agent/api/schema/types.h"

namespace ordinal::api {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults(errors).NotNegative(Path("revision"), ReadInt(body, "revision"));
}

/// The snapshot is what it was made from; only its number moves.
void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  if (Member(body, "data") == Member(old_body, "data")) return;
  Faults(errors).Add(Path("data"), kInvalid, "may not change after creation");
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

}  // namespace

constinit const KindInfo kinds::kControllerRevision{
    .group = "apps",
    .version = "v1",
    .kind = "ControllerRevision",
    .plural = "controllerrevisions",
    .singular = "controllerrevision",
    .short_names = {},
    .schema = &schema::kControllerRevision,
    .old_versions = {},
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .columns = kColumns,
    .cells = Cells,
};

}  // namespace ordinal::api

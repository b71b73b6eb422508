#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/persistent_volume_claim/fields.h"
#include "agent/api/kinds/persistent_volume_claim/rules.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_persistent_volume_claim {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateClaimSpec(Member(body, "spec"), Path("spec"), faults);
}

/// A claim's spec stays as it was, but for being bound (once), its class being filled in, and growing.
void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Json& old_spec = Member(old_body, "spec");
  Json allowed = spec;
  if (ReadString(old_spec, "volumeName").empty()) {
    allowed.erase("volumeName");
    if (old_spec.contains("volumeName")) allowed["volumeName"] = old_spec["volumeName"];
  }
  if (!old_spec.contains("storageClassName")) allowed.erase("storageClassName");
  allowed.erase("volumeAttributesClassName");
  if (old_spec.contains("volumeAttributesClassName")) {
    allowed["volumeAttributesClassName"] = old_spec["volumeAttributesClassName"];
  }
  const Json& old_requests = Member(Member(old_spec, "resources"), "requests");
  const Json& requests = Member(Member(spec, "resources"), "requests");
  // The reference lets a bound claim grow only. One that is not bound yet is better off with what it needs, before it
  // takes a volume that is too small.
  if (old_requests.contains("storage") && requests.contains("storage")) {
    allowed["resources"]["requests"]["storage"] = old_requests["storage"];
    if (ReadQuantity(requests, "storage") < ReadQuantity(old_requests, "storage")) {
      faults.Forbidden(Path("spec.resources.requests.storage"), "may not be less than before");
    }
  }
  if (allowed != old_spec) {
    faults.Forbidden(Path("spec"), "may not change after creation, except resources.requests.storage, which may grow");
  }
}

constexpr std::string_view kShort[] = {"pvc"};

Json Cells(const Json& body, WallTime now) {
  const Json& spec = Member(body, "spec");
  const Json& status = Member(body, "status");
  const bool deleting = At(body, {"metadata", "deletionTimestamp"}).is_string();
  const std::string volume = ReadString(spec, "volumeName");
  const bool bound = !volume.empty();
  return {NameCell(body),
          deleting ? "Terminating" : ReadString(status, "phase"),
          volume,
          bound ? TextCell(status, {"capacity", "storage"}, "0") : "",
          bound ? AccessModesCell(Member(status, "accessModes")) : "",
          TextCell(spec, {"storageClassName"}, TextCell(body, {"metadata", "annotations", kClassAnnotation})),
          TextCell(spec, {"volumeAttributesClassName"}, "<unset>"),
          AgeCell(body, now),
          TextCell(spec, {"volumeMode"}, "<unset>")};
}

constexpr std::string_view kSubresources[] = {"status"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Status", "string", "", "Pending, Bound or Lost.", 0},
    {"Volume", "string", "", "The volume it is bound to.", 0},
    {"Capacity", "string", "", "How much the volume holds.", 0},
    {"Access Modes", "string", "", "How the volume may be mounted.", 0},
    {"StorageClass", "string", "", "The class it asks for.", 0},
    {"VolumeAttributesClass", "string", "", "The class of attributes it asks for.", 0},
    kAgeColumn,
    {"VolumeMode", "string", "", "Filesystem or Block.", 1},
};

Json FirstStatus(const Json&, WallTime) { return {{"phase", "Pending"}}; }

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "PersistentVolumeClaim",
    .plural = "persistentvolumeclaims",
    .singular = "persistentvolumeclaim",
    .short_names = kShort,
    .schema = &schema::kPersistentVolumeClaim,
    .old_versions = {},
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .in_manifests = true,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .protection = "kubernetes.io/pvc-protection",
    .shown_when_deleted = true,
};

}  // namespace ordinal::api::kinds::of_persistent_volume_claim

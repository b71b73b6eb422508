#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/storage_class/fields.h"

namespace ordinal::api::kinds::of_storage_class {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  faults.OneOf(Path("reclaimPolicy"), ReadString(body, "reclaimPolicy"), {"Delete", "Retain"});
  faults.OneOf(Path("volumeBindingMode"), ReadString(body, "volumeBindingMode"), schema::kBindingModes);
}

/// What its volumes were made with stays known: a changed class would speak for volumes made by another.
constexpr std::string_view kShort[] = {"sc"};

std::string Name(const Json& body) {
  for (const std::string_view key :
       {"storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"}) {
    if (TextCell(body, {"metadata", "annotations", key}) == "true") return NameCell(body) + " (default)";
  }
  return NameCell(body);
}

Json Cells(const Json& body, WallTime now) {
  return {Name(body),
          TextCell(body, {"provisioner"}),
          TextCell(body, {"reclaimPolicy"}, "Delete"),
          TextCell(body, {"volumeBindingMode"}, "Immediate"),
          ReadBool(body, "allowVolumeExpansion"),
          AgeCell(body, now)};
}

constexpr Column kColumns[] = {
    kNameColumn,
    {"Provisioner", "string", "", "Who makes its volumes.", 0},
    {"ReclaimPolicy", "string", "", "What becomes of a volume when its claim is gone.", 0},
    {"VolumeBindingMode", "string", "", "When a claim gets its volume.", 0},
    {"AllowVolumeExpansion", "string", "", "Whether a claim may grow.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "storage.k8s.io",
    .version = "v1",
    .kind = "StorageClass",
    .plural = "storageclasses",
    .singular = "storageclass",
    .short_names = kShort,
    .namespaced = false,
    .schema = &schema::kStorageClass,
    .old_versions = {},
    .validate = Validate,
    .in_manifests = true,
    .columns = kColumns,
    .cells = Cells,
    .shown_when_deleted = true,
};

}  // namespace ordinal::api::kinds::of_storage_class

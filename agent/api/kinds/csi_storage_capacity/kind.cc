#include "agent/api/faults.h"
#include "agent/api/kinds/csi_storage_capacity/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_csi_storage_capacity {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  faults.Syntax(Path("storageClassName"), ReadString(body, "storageClassName"), CheckDnsSubdomain);
  ValidateSelector(Member(body, "nodeTopology"), Path("nodeTopology"), faults);
  for (const std::string_view member : {"capacity", "maximumVolumeSize"}) {
    if (!ReadQuantity(body, member).IsNegative()) continue;
    faults.Add(Path(member), kInvalid,
               "Invalid value: " + Member(body, member).dump() + ": must be greater than or equal to 0");
  }
}

Json Cells(const Json& body, WallTime) {
  return {NameCell(body), TextCell(body, {"storageClassName"}), TextCell(body, {"capacity"})};
}

constexpr Column kColumns[] = {
    kNameColumn,
    {"StorageClassName", "string", "", "The class of the volumes.", 0},
    {"Capacity", "string", "", "How much room there is.", 0},
};

}  // namespace

constinit const KindInfo kKind{
    .group = "storage.k8s.io",
    .version = "v1",
    .kind = "CSIStorageCapacity",
    .plural = "csistoragecapacities",
    .singular = "csistoragecapacity",
    .short_names = {},
    .schema = &schema::kCSIStorageCapacity,
    .old_versions = {},
    .validate = Validate,
    .in_manifests = true,
    .columns = kColumns,
    .cells = Cells,
};

}  // namespace ordinal::api::kinds::of_csi_storage_capacity

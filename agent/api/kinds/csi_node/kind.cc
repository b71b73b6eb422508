#include <set>

#include "agent/api/faults.h"
#include "agent/api/kinds/csi_node/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_csi_node {
namespace {

constexpr size_t kLongestNodeId = 256;

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& drivers = Items(Member(body, "spec"), "drivers");
  std::set<std::string> names;
  for (size_t i = 0; i < drivers.size(); ++i) {
    const Path path = Path("spec.drivers")[i];
    const std::string name = ReadString(drivers[i], "name"), id = ReadString(drivers[i], "nodeID");
    faults.Named(path / "name", name, CheckDnsSubdomain);
    if (!names.insert(name).second) faults.Duplicate(path / "name", name);
    if (id.empty()) faults.Required(path / "nodeID");
    if (id.size() > kLongestNodeId) faults.Add(path / "nodeID", kTooLong, "must have at most 256 bytes");
    faults.NotNegative(path / "allocatable" / "count", ReadInt(Member(drivers[i], "allocatable"), "count"));
    std::set<std::string> keys;
    for (const std::string& key : ReadStrings(drivers[i], "topologyKeys")) {
      faults.Named(path / "topologyKeys", key, CheckQualifiedName);
      if (!keys.insert(key).second) faults.Duplicate(path / "topologyKeys", key);
    }
  }
}

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), Items(Member(body, "spec"), "drivers").size(), AgeCell(body, now)};
}

constexpr Column kColumns[] = {
    kNameColumn,
    {"Drivers", "integer", "", "How many drivers the node has.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "storage.k8s.io",
    .version = "v1",
    .kind = "CSINode",
    .plural = "csinodes",
    .singular = "csinode",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kCSINode,
    .old_versions = {},
    .validate = Validate,
    .in_manifests = true,
    .columns = kColumns,
    .cells = Cells,
};

}  // namespace ordinal::api::kinds::of_csi_node

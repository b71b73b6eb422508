#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/volume_attributes_class/fields.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_volume_attributes_class {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  faults.Syntax(Path("driverName"), ReadString(body, "driverName"), CheckDnsSubdomain);
  if (Member(body, "parameters").empty()) {
    faults.Required(Path("parameters"), "must contain at least one key/value pair");
  }
}

std::string Name(const Json& body) {
  const bool is_default =
      TextCell(body, {"metadata", "annotations", "volumeattributesclass.kubernetes.io/is-default-class"}) == "true";
  return NameCell(body) + (is_default ? " (default)" : "");
}

Json Cells(const Json& body, WallTime now) { return {Name(body), TextCell(body, {"driverName"}), AgeCell(body, now)}; }

constexpr std::string_view kShort[] = {"vac"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"DriverName", "string", "", "The driver.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "storage.k8s.io",
    .version = "v1",
    .kind = "VolumeAttributesClass",
    .plural = "volumeattributesclasses",
    .singular = "volumeattributesclass",
    .short_names = kShort,
    .namespaced = false,
    .schema = &schema::kVolumeAttributesClass,
    .old_versions = {},
    .validate = Validate,
    .in_manifests = true,
    .columns = kColumns,
    .cells = Cells,
};

}  // namespace ordinal::api::kinds::of_volume_attributes_class

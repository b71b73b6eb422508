#include "agent/api/base64.h"
#include "agent/api/faults.h"
#include "agent/api/kinds/config_map/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/config_rules.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_config_map {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateConfigKeys(body, "data", faults);
  ValidateConfigKeys(body, "binaryData", faults);
  size_t bytes = 0;
  for (const auto& [key, value] : ReadStringMap(body, "data")) {
    if (Member(body, "binaryData").contains(key)) {
      faults.Invalid(Path("data")[key], key, "is a key of binaryData as well");
    }
    bytes += value.size();
  }
  for (const auto& [key, value] : ReadStringMap(body, "binaryData")) {
    const auto decoded = DecodeBase64(value);
    bytes += decoded.ok() ? decoded->size() : value.size();
  }
  if (bytes > kMostConfigBytes) faults.Add(Path(), kTooLong, "all values together must be no more than 1048576 bytes");
}

void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateImmutable(body, old_body, {"data", "binaryData"}, faults);
}

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), Member(body, "data").size() + Member(body, "binaryData").size(), AgeCell(body, now)};
}

constexpr std::string_view kShort[] = {"cm"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Data", "string", "", "How many keys it has.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "ConfigMap",
    .plural = "configmaps",
    .singular = "configmap",
    .short_names = kShort,
    .schema = &schema::kConfigMap,
    .old_versions = {},
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .in_manifests = true,
    .columns = kColumns,
    .cells = Cells,
};

}  // namespace ordinal::api::kinds::of_config_map

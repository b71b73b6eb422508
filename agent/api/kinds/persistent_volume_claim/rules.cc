#include "agent/api/kinds/persistent_volume_claim/rules.h"

#include <algorithm>

#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/read.h"

namespace ordinal::api {

void ValidateAccessModes(const Json& spec, const Path& path, Faults& faults) {
  const auto modes = ReadStrings(spec, "accessModes");
  const Path at = path / "accessModes";
  if (modes.empty()) faults.Required(at, "must have at least one access mode, such as ReadWriteOnce");
  for (const auto& mode : modes) {
    faults.OneOf(at, mode, schema::kAccessModes);
  }
  if (modes.size() > 1 && std::find(modes.begin(), modes.end(), "ReadWriteOncePod") != modes.end()) {
    faults.Forbidden(at, "ReadWriteOncePod may not be given beside another access mode");
  }
}

void ValidateClaimSpec(const Json& spec, const Path& path, Faults& faults) {
  ValidateSelector(Member(spec, "selector"), path / "selector", faults);
  ValidateAccessModes(spec, path, faults);
  const Json& requests = Member(Member(spec, "resources"), "requests");
  // The reference leaves "requests" out of this path.
  const Path storage = (path / "resources")["storage"];
  if (!requests.contains("storage")) {
    faults.Required(storage, "is required: write resources.requests.storage");
  } else if (const Quantity amount = ReadQuantity(requests, "storage"); amount.IsZero() || amount.IsNegative()) {
    faults.Invalid(storage, requests["storage"].get<std::string>(), "must be more than zero");
  }
  faults.Syntax(path / "storageClassName", ReadString(spec, "storageClassName"), CheckDnsSubdomain);
  faults.OneOf(path / "volumeMode", ReadString(spec, "volumeMode"), schema::kVolumeModes);
}

}  // namespace ordinal::api

#include <set>

#include "agent/api/faults.h"
#include "agent/api/kinds/csi_driver/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_csi_driver {
namespace {

constexpr size_t kLongestDriver = 63;
constexpr int64_t kShortestToken = 600, kLongestToken = int64_t{1} << 32;  // seconds

void SetDefaults(Json& body) {
  Json& spec = body["spec"];
  if (Items(spec, "volumeLifecycleModes").empty()) spec["volumeLifecycleModes"] = Json::array({"Persistent"});
}

void ValidateTokens(const Json& requests, const Path& path, Faults& faults) {
  std::set<std::string> audiences;
  for (size_t i = 0; i < requests.size(); ++i) {
    const std::string audience = ReadString(requests[i], "audience");
    if (!audiences.insert(audience).second) faults.Duplicate(path[i] / "audience", audience);
    const int64_t seconds = ReadInt(requests[i], "expirationSeconds", kShortestToken);
    if (seconds < kShortestToken)
      faults.Invalid(path[i] / "expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
    if (seconds > kLongestToken)
      faults.Invalid(path[i] / "expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds");
  }
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  if (NameCell(body).size() > kLongestDriver) {
    faults.Add(Path("metadata.name"), kTooLong, "must have at most 63 bytes");
  }
  const Json& spec = Member(body, "spec");
  const Path path("spec");
  faults.OneOf(path / "fsGroupPolicy", ReadString(spec, "fsGroupPolicy"), {"File", "None", "ReadWriteOnceWithFSType"});
  const Json& modes = Items(spec, "volumeLifecycleModes");
  for (size_t i = 0; i < modes.size(); ++i) {
    const std::string mode = modes[i].is_string() ? modes[i].get<std::string>() : "";
    faults.OneOf((path / "volumeLifecycleModes")[i], mode, {"Ephemeral", "Persistent"});
  }
  ValidateTokens(Items(spec, "tokenRequests"), path / "tokenRequests", faults);
}

void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  for (const char* member : {"attachRequired", "volumeLifecycleModes"}) {
    if (At(body, {"spec", member}) == At(old_body, {"spec", member})) continue;
    Faults(errors).Add(Path("spec") / member, kInvalid,
                       "Invalid value: " + At(body, {"spec", member}).dump() + ": field is immutable");
  }
}

std::string Tokens(const Json& spec) {
  std::vector<std::string> audiences;
  for (const Json& request : Items(spec, "tokenRequests")) {
    audiences.push_back(ReadString(request, "audience", "<apiserver>"));
  }
  return audiences.empty() ? "<unset>" : Join(audiences, ",");
}

Json Cells(const Json& body, WallTime now) {
  const Json& spec = Member(body, "spec");
  return {NameCell(body),
          ReadBool(spec, "attachRequired", true),
          ReadBool(spec, "podInfoOnMount"),
          ReadBool(spec, "storageCapacity"),
          Tokens(spec),
          ReadBool(spec, "requiresRepublish"),
          Join(ReadStrings(spec, "volumeLifecycleModes"), ","),
          AgeCell(body, now)};
}

constexpr Column kColumns[] = {
    kNameColumn,
    {"AttachRequired", "boolean", "", "Whether volumes are attached before they are mounted.", 0},
    {"PodInfoOnMount", "boolean", "", "Whether it is told whose pod mounts a volume.", 0},
    {"StorageCapacity", "boolean", "", "Whether it tells how much room it has.", 0},
    {"TokenRequests", "string", "", "For whom it is given tokens of pods.", 0},
    {"RequiresRepublish", "boolean", "", "Whether it mounts again now and then.", 0},
    {"Modes", "string", "", "Persistent volumes, or such of one pod.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "storage.k8s.io",
    .version = "v1",
    .kind = "CSIDriver",
    .plural = "csidrivers",
    .singular = "csidriver",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kCSIDriver,
    .old_versions = {},
    .set_defaults = SetDefaults,
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .in_manifests = true,
    .columns = kColumns,
    .cells = Cells,
};

}  // namespace ordinal::api::kinds::of_csi_driver

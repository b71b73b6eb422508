#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/persistent_volume/fields.h"
#include "agent/api/kinds/persistent_volume/sources.h"
#include "agent/api/kinds/persistent_volume_claim/rules.h"
#include "agent/api/kinds/pod/volume_rules.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/read.h"

#include <algorithm>

namespace ordinal::api::kinds::of_persistent_volume {
namespace {

void ValidateCapacity(const Json& spec, const Path& path, Faults& faults) {
  const Json& capacity = Member(spec, "capacity");
  if (capacity.empty()) return faults.Required(path);
  for (const auto& item : capacity.items()) {
    faults.OneOf(path, item.key(), {"storage"});
    const Quantity amount = ReadQuantity(capacity, item.key());
    if (amount.IsZero() || amount.IsNegative()) {
      faults.Invalid(path[item.key()], item.value().get<std::string>(), "must be more than zero");
    }
  }
}

void ValidateSources(const Json& spec, Faults& faults) {
  const Path path("spec");
  bool found = false;
  for (const auto kind : kPersistentVolumeSources) {
    const Json& source = Member(spec, kind);
    if (!source.is_object()) continue;
    if (found) {
      faults.Forbidden(path / kind, "may not specify more than 1 volume type");
    } else {
      ValidateSource(kind, source, path / kind, faults);
    }
    found = true;
  }
  if (!found) faults.Required(path, "must specify a volume type, such as hostPath");
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Path path("spec");
  ValidateAccessModes(spec, path, faults);
  ValidateCapacity(spec, path / "capacity", faults);
  ValidateSources(spec, faults);
  const std::string policy = ReadString(spec, "persistentVolumeReclaimPolicy");
  faults.OneOf(path / "persistentVolumeReclaimPolicy", policy, schema::kReclaimPolicies);
  if (policy == "Recycle" && ReadString(Member(spec, "hostPath"), "path") == "/") {
    faults.Forbidden(path / "persistentVolumeReclaimPolicy", "may not be Recycle for a hostPath of /");
  }
  faults.Syntax(path / "storageClassName", ReadString(spec, "storageClassName"), CheckDnsSubdomain);
  faults.OneOf(path / "volumeMode", ReadString(spec, "volumeMode"), schema::kVolumeModes);
  const Json& affinity = Member(spec, "nodeAffinity");
  if (affinity.is_object() && !Member(affinity, "required").is_object()) {
    faults.Required(path / "nodeAffinity" / "required");
  }
  const bool refused = std::any_of(errors.begin(), errors.end(), [](const auto& e) { return e.field == "spec.local"; });
  if (spec.contains("local") && !refused && !affinity.is_object()) {
    faults.Required(path / "nodeAffinity", "is required for a local volume");
  }
}

/// The source stays as it was; nodeAffinity may be given once.
void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Json& old_spec = Member(old_body, "spec");
  for (const auto kind : kPersistentVolumeSources) {
    if (Member(spec, kind) == Member(old_spec, kind)) continue;
    faults.Forbidden(Path("spec.persistentvolumesource"), "the volume's source may not change after creation");
    break;
  }
  if (Member(spec, "volumeMode") != Member(old_spec, "volumeMode")) {
    faults.Invalid(Path("volumeMode"), ReadString(spec, "volumeMode"), "may not change after creation");
  }
  if (old_spec.contains("nodeAffinity") && Member(spec, "nodeAffinity") != old_spec["nodeAffinity"]) {
    faults.Add(Path("spec.nodeAffinity"), kInvalid, "may not change once it is set");
  }
}

void Warn(const Json& body, std::vector<std::string>& warnings) {
  const Json& spec = Member(body, "spec");
  for (const auto kind : kPersistentVolumeSources) {
    const Json& source = Member(spec, kind);
    if (!source.is_object() || kind == "hostPath" || kind == "local") continue;
    if (kind == "gcePersistentDisk") {
      warnings.push_back(
          "spec.gcePersistentDisk: there is no such disk here; it is emulated by a local directory named " +
          Faults::Quote(ReadString(source, "pdName")));
    } else {
      warnings.push_back("spec." + std::string(kind) +
                         ": this agent cannot mount it; a pod that claims it will not start");
    }
  }
}

constexpr std::string_view kShort[] = {"pv"};

std::string Claim(const Json& body) {
  const Json& claim = At(body, {"spec", "claimRef"});
  return claim.is_object() ? ReadString(claim, "namespace") + "/" + ReadString(claim, "name") : "";
}

Json Cells(const Json& body, WallTime now) {
  const Json& spec = Member(body, "spec");
  const bool deleting = At(body, {"metadata", "deletionTimestamp"}).is_string();
  return {NameCell(body),
          TextCell(spec, {"capacity", "storage"}, "0"),
          AccessModesCell(Member(spec, "accessModes")),
          TextCell(spec, {"persistentVolumeReclaimPolicy"}),
          deleting ? "Terminating" : TextCell(body, {"status", "phase"}),
          Claim(body),
          TextCell(spec, {"storageClassName"}, TextCell(body, {"metadata", "annotations", kClassAnnotation})),
          TextCell(spec, {"volumeAttributesClassName"}, "<unset>"),
          TextCell(body, {"status", "reason"}),
          AgeCell(body, now),
          TextCell(spec, {"volumeMode"}, "<unset>")};
}

constexpr std::string_view kSubresources[] = {"status"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Capacity", "string", "", "How much it holds.", 0},
    {"Access Modes", "string", "", "How it may be mounted.", 0},
    {"Reclaim Policy", "string", "", "What becomes of it when its claim is gone.", 0},
    {"Status", "string", "", "Available, Bound, Released or Failed.", 0},
    {"Claim", "string", "", "The claim it is bound to.", 0},
    {"StorageClass", "string", "", "The class a claim must ask for.", 0},
    {"VolumeAttributesClass", "string", "", "The class of its attributes.", 0},
    {"Reason", "string", "", "Why it failed.", 0},
    kAgeColumn,
    {"VolumeMode", "string", "", "Filesystem or Block.", 1},
};

Json FirstStatus(const Json&, WallTime now) {
  return {{"phase", "Pending"}, {"lastPhaseTransitionTime", FormatTime(now)}};
}

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "PersistentVolume",
    .plural = "persistentvolumes",
    .singular = "persistentvolume",
    .short_names = kShort,
    .namespaced = false,
    .schema = &schema::kPersistentVolume,
    .old_versions = {},
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .warn = Warn,
    .in_manifests = true,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .protection = "kubernetes.io/pv-protection",
    .shown_when_deleted = true,
};

}  // namespace ordinal::api::kinds::of_persistent_volume

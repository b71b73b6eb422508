#include "agent/api/kinds/pod/volume_rules.h"

#include "agent/api/kinds/pod/container_rules.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr int64_t kLeastTokenSeconds = 600;
constexpr int64_t kMostTokenSeconds = int64_t{1} << 32;

/// The members of a VolumeSource, in the order in which the reference looks: with two given, the later one is wrong.
constexpr std::string_view kPodSources[] = {
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "azureDisk",
    "storageos",
    "projected",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "csi",
    "ephemeral",
    "persistentVolumeClaim",
    "image",
};
constexpr int64_t kMostMode = 0777;

void ValidateMode(const Json& source, std::string_view member, const Path& path, Faults& faults) {
  if (!source.contains(member)) return;
  const int64_t mode = ReadInt(source, member);
  if (mode < 0 || mode > kMostMode) {
    faults.Invalid(path / member, mode, "must be a file mode between 0 and 0777 (511 in decimal)");
  }
}

/// A field or resource of the pod as a file (core/v1 DownwardAPIVolumeFile).
void ValidateDownwardFile(const Json& item, const Path& path, Faults& faults) {
  if (item.contains("fieldRef")) {
    ValidateFieldRef(item["fieldRef"], path / "fieldRef",
                     {"metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"},
                     faults);
    if (item.contains("resourceFieldRef"))
      faults.Add(path, kInvalid, "may not have both fieldRef and resourceFieldRef");
  } else if (item.contains("resourceFieldRef")) {
    const Json& ref = item["resourceFieldRef"];
    if (ReadString(ref, "containerName").empty()) faults.Required(path / "resourceFieldRef" / "containerName");
    ValidateResourceFieldRef(ref, path / "resourceFieldRef", faults);
  }
}

/// The files of configMap, secret, downwardAPI and projected volumes.
void ValidateItems(const Json& source, const Path& path, Faults& faults) {
  ValidateMode(source, "defaultMode", path, faults);
  const Json& items = Items(source, "items");
  for (size_t i = 0; i < items.size(); ++i) {
    const Path at = (path / "items")[i];
    const std::string name = ReadString(items[i], "path");
    if (name.empty()) faults.Required(at / "path");
    faults.Syntax(at / "path", name, CheckInnerPath);
    if (name.starts_with("..")) faults.Invalid(at / "path", name, "must not start with '..'");
    ValidateMode(items[i], "mode", at, faults);
    ValidateDownwardFile(items[i], at, faults);
    if (items[i].contains("path") && !items[i].contains("key") && !items[i].contains("fieldRef") &&
        !items[i].contains("resourceFieldRef")) {
      faults.Required(at, "must have one of fieldRef, resourceFieldRef");
    }
  }
}

void RequireName(const Json& source, std::string_view member, const Path& path, Faults& faults) {
  if (ReadString(source, member).empty()) faults.Required(path / member);
}

/// Two files of a projected volume cannot have one path; `paths` are those of the sources before.
void RefuseSamePaths(const Json& projection, const Path& path, std::set<std::string>& paths, Faults& faults) {
  for (const Json& item : Items(projection, "items")) {
    const std::string name = ReadString(item, "path");
    if (!paths.insert(name).second) faults.Invalid(path, name, "conflicting duplicate paths");
  }
}

/// A token of the pod's service account: its file, and how long it lives (core/validation, TokenRequest's own bounds).
void ValidateToken(const Json& token, const Path& path, std::set<std::string>& paths, Faults& faults) {
  const std::string name = ReadString(token, "path");
  faults.Syntax(path / "path", name, CheckInnerPath);
  if (name.starts_with("..")) faults.Invalid(path / "path", name, "must not start with '..'");
  if (!name.empty() && !paths.insert(name).second) faults.Invalid(path, name, "conflicting duplicate paths");
  const int64_t seconds = ReadInt(token, "expirationSeconds", kLeastTokenSeconds);
  if (seconds < kLeastTokenSeconds) {
    faults.Invalid(path / "expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
  }
  if (seconds > kMostTokenSeconds) {
    faults.Invalid(path / "expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds");
  }
}

void ValidateProjected(const Json& source, const Path& path, Faults& faults) {
  ValidateMode(source, "defaultMode", path, faults);
  const Json& projections = Items(source, "sources");
  std::set<std::string> paths;
  for (size_t i = 0; i < projections.size(); ++i) {
    const Path at = (path / "sources")[i];
    if (projections[i].size() > 1) faults.Add(at, kForbidden, "must have no more than one source");
    for (const auto& [member, projection] : projections[i].items()) {
      if (member == "serviceAccountToken") {
        ValidateToken(projection, at / member, paths, faults);
        continue;
      }
      if (member == "configMap" || member == "secret") RequireName(projection, "name", at / member, faults);
      ValidateItems(projection, at / member, faults);
      RefuseSamePaths(projection, at / member, paths, faults);
    }
  }
}

void ValidateHostPath(const Json& source, const Path& path, Faults& faults) {
  const std::string host_path = ReadString(source, "path");
  if (HasDotDot(host_path)) faults.Invalid(path / "path", host_path, "must not contain '..'");
  faults.OneOf(path / "type", ReadString(source, "type"), schema::kHostPathTypes);
}

void ValidateEmptyDir(const Json& source, const Path& path, Faults& faults) {
  if (ReadQuantity(source, "sizeLimit").IsNegative()) {
    faults.Forbidden(path / "sizeLimit", "must be 0 or more");
  }
}

void ValidateVolume(const Json& volume, const Path& path, Faults& faults) {
  bool found = false;
  for (const auto kind : kPodSources) {
    const Json& source = Member(volume, kind);
    if (!source.is_object()) continue;
    if (found) {
      faults.Forbidden(path / kind, "may not specify more than 1 volume type");
    } else {
      ValidateSource(kind, source, path / kind, faults);
    }
    found = true;
  }
}

}  // namespace

void ValidateSource(std::string_view kind, const Json& source, const Path& path, Faults& faults) {
  if (kind == "emptyDir") return ValidateEmptyDir(source, path, faults);
  if (kind == "hostPath") return ValidateHostPath(source, path, faults);
  if (kind == "projected") return ValidateProjected(source, path, faults);
  if (kind == "image") {
    RequireName(source, "reference", path, faults);
    faults.OneOf(path / "pullPolicy", ReadString(source, "pullPolicy"), schema::kPullPolicies);
  }
  if (kind == "configMap") RequireName(source, "name", path, faults);
  if (kind == "secret") RequireName(source, "secretName", path, faults);
  if (kind == "configMap" || kind == "secret" || kind == "downwardAPI") ValidateItems(source, path, faults);
  if (kind == "persistentVolumeClaim") {
    faults.Syntax(path / "claimName", ReadString(source, "claimName"), CheckDnsSubdomain);
  }
  if (kind == "local" && HasDotDot(ReadString(source, "path"))) {
    faults.Invalid(path / "path", ReadString(source, "path"), "must not contain '..'");
  }
  if (kind == "nfs" && ReadString(source, "path").rfind('/', 0) != 0 && !ReadString(source, "path").empty()) {
    faults.Invalid(path / "path", ReadString(source, "path"), "must be an absolute path");
  }
}

std::set<std::string> ValidateVolumes(const Json& spec, const Path& path, Faults& faults) {
  std::set<std::string> names;
  const Json& volumes = Items(spec, "volumes");
  for (size_t i = 0; i < volumes.size(); ++i) {
    const Path at = path[i];
    const std::string name = ReadString(volumes[i], "name");
    faults.Syntax(at / "name", name, CheckDnsLabel);
    if (!name.empty() && !names.insert(name).second) faults.Duplicate(at / "name", name);
    ValidateVolume(volumes[i], at, faults);
  }
  return names;
}

}  // namespace ordinal::api

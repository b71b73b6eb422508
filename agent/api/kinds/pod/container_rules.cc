#include "agent/api/kinds/pod/container_rules.h"

#include <algorithm>

#include "agent/api/kinds/pod/rules.h"
#include "agent/api/kinds/pod/values.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

/// metadata.labels['key'] and metadata.annotations['key'] name one entry of a map.
bool IsMapEntry(std::string_view field) {
  for (const std::string_view prefix : {"metadata.labels['", "metadata.annotations['"}) {
    if (field.starts_with(prefix) && field.ends_with("']") && field.size() > prefix.size() + 2) return true;
  }
  return false;
}

/// A reference to a config map or secret; the reference (validateConfigMapKeySelector) wants both of them.
void ValidateConfigName(const Json& ref, const Path& path, Faults& faults) {
  const std::string name = ReadString(ref, "name");
  if (name.empty()) return faults.Required(path / "name");
  faults.Syntax(path / "name", name, CheckDnsSubdomain);
}

void ValidateKeyRef(const Json& from, std::string_view member, const Path& path, Faults& faults) {
  if (!from.contains(member)) return;
  const Path at = path / member;
  ValidateConfigName(from[member], at, faults);
  faults.Syntax(at / "key", ReadString(from[member], "key"), CheckConfigKey);
}

void ValidateValueFrom(const Json& env, const Path& path, Faults& faults) {
  const Json& from = Member(env, "valueFrom");
  if (!from.is_object()) return;
  const Path at = path / "valueFrom";
  if (from.size() != 1) {
    faults.Add(at, kInvalid,
               "must have exactly one of fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef");
  } else if (!ReadString(env, "value").empty()) {
    faults.Add(at, kInvalid, "may not be given beside value");
  }
  if (from.contains("fieldRef")) {
    ValidateFieldRef(from["fieldRef"], at / "fieldRef",
                     {"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
                      "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"},
                     faults);
  }
  ValidateKeyRef(from, "configMapKeyRef", at, faults);
  ValidateKeyRef(from, "secretKeyRef", at, faults);
  if (from.contains("resourceFieldRef")) {
    ValidateResourceFieldRef(from["resourceFieldRef"], at / "resourceFieldRef", faults);
  }
}

void ValidateMount(const Json& mount, const Path& path, bool privileged, Faults& faults) {
  const std::string sub_path = ReadString(mount, "subPath"), expression = ReadString(mount, "subPathExpr");
  faults.Syntax(path / "subPath", sub_path, CheckInnerPath);
  faults.Syntax(path / "subPathExpr", expression, CheckInnerPath);
  if (!sub_path.empty() && !expression.empty()) {
    faults.Invalid(path / "subPathExpr", expression, "may not be given beside subPath");
  }
  const std::string propagation = ReadString(mount, "mountPropagation");
  faults.OneOf(path / "mountPropagation", propagation, schema::kMountPropagations);
  if (propagation == "Bidirectional" && !privileged) {
    faults.Forbidden(path / "mountPropagation", "Bidirectional is available only to privileged containers");
  }
  const std::string recursive = ReadString(mount, "recursiveReadOnly");
  faults.OneOf(path / "recursiveReadOnly", recursive, {"Disabled", "Enabled", "IfPossible"});
  if (!recursive.empty() && recursive != "Disabled" && !ReadBool(mount, "readOnly")) {
    faults.Forbidden(path / "recursiveReadOnly", "may only be given when readOnly is true");
  }
  if (!recursive.empty() && recursive != "Disabled" && !propagation.empty() && propagation != "None") {
    faults.Forbidden(path / "recursiveReadOnly", "may only be given when mountPropagation is None or absent");
  }
}

bool IsNativeResource(std::string_view name) {
  return name == "cpu" || name == "memory" || name == "ephemeral-storage" || name.starts_with("hugepages-");
}

/// Of a device plugin's, which has a domain before it.
bool IsExtended(std::string_view name) { return name.find('/') != std::string_view::npos; }

/// Huge pages are not overcommitted, and nobody runs on them alone (core/validation, validateResourceRequirements).
void ValidateHugepages(const Json& resources, const Path& path, Faults& faults) {
  bool huge = false, other = false;
  for (const std::string_view member : {"limits", "requests"}) {
    const Json& amounts = Member(resources, member);
    if (!amounts.is_object()) continue;
    for (const auto& item : amounts.items()) {
      other = other || item.key() == "cpu" || item.key() == "memory";
      if (!item.key().starts_with("hugepages-")) continue;
      huge = true;
      const std::string_view twin = member == "limits" ? "requests" : "limits";
      const Json& twins = Member(resources, twin);
      const bool same = twins.is_object() && twins.contains(item.key()) &&
                        ReadQuantity(twins, item.key()) == ReadQuantity(amounts, item.key());
      if (!same && (member == "requests" || (twins.is_object() && twins.contains(item.key())))) {
        faults.Invalid((path / member)[item.key()], item.value().get<std::string>(),
                       "requests and limits of huge pages must be the same");
      }
    }
  }
  if (huge && !other) faults.Forbidden(path, "huge pages require cpu or memory beside them");
}

void ValidateResourceName(const std::string& name, const Path& path, Faults& faults) {
  if (auto complaint = CheckQualifiedName(name)) return faults.Invalid(path, name, *complaint);
  if (name.find('/') == std::string::npos && !IsNativeResource(name)) {
    faults.Invalid(path, name,
                   "must be cpu, memory, ephemeral-storage, hugepages-<size>, or a name with a domain before it");
  }
}

}  // namespace

void ValidateFieldRef(const Json& ref, const Path& path, std::initializer_list<std::string_view> known,
                      Faults& faults) {
  const std::string field = ReadString(ref, "fieldPath");
  if (!IsMapEntry(field)) faults.OneOf(path / "fieldPath", field, known);
}

void ValidateResourceFieldRef(const Json& ref, const Path& path, Faults& faults) {
  const std::string resource = ReadString(ref, "resource");
  if (resource.starts_with("limits.hugepages-") || resource.starts_with("requests.hugepages-")) return;
  faults.OneOf(path / "resource", resource,
               {"limits.cpu", "limits.memory", "limits.ephemeral-storage", "requests.cpu", "requests.memory",
                "requests.ephemeral-storage"});
}

void ValidatePorts(const Json& container, const Path& path, Faults& faults) {
  std::set<std::string> names;
  const Json& ports = Items(container, "ports");
  for (size_t i = 0; i < ports.size(); ++i) {
    const Path at = (path / "ports")[i];
    const std::string name = ReadString(ports[i], "name");
    faults.Syntax(at / "name", name, CheckPortName);
    if (!name.empty() && !names.insert(name).second) faults.Duplicate(at / "name", name);
    if (ports[i].contains("containerPort")) {
      const int64_t port = ReadInt(ports[i], "containerPort");
      // The reference cannot tell 0 from a missing number.
      if (port == 0) faults.Required(at / "containerPort");
      if (port != 0) faults.Range(at / "containerPort", port, 1, kLastPort);
    }
    if (const int64_t port = ReadInt(ports[i], "hostPort"); port != 0) {
      faults.Range(at / "hostPort", port, 1, kLastPort);
    }
    faults.OneOf(at / "protocol", ReadString(ports[i], "protocol"), schema::kProtocols);
    faults.Syntax(at / "hostIP", ReadString(ports[i], "hostIP"), CheckAddress);
  }
}

void ValidateEnv(const Json& container, const Path& path, Faults& faults) {
  const Json& env = Items(container, "env");
  for (size_t i = 0; i < env.size(); ++i) {
    const Path at = (path / "env")[i];
    faults.Syntax(at / "name", ReadString(env[i], "name"), CheckEnvName);
    ValidateValueFrom(env[i], at, faults);
  }
  const Json& from = Items(container, "envFrom");
  for (size_t i = 0; i < from.size(); ++i) {
    const size_t sources = from[i].count("configMapRef") + from[i].count("secretRef");
    const Path at = (path / "envFrom")[i];
    if (sources != 1) faults.Add(at, kInvalid, "must have exactly one of configMapRef, secretRef");
    const std::string prefix = ReadString(from[i], "prefix");
    if (!prefix.empty()) faults.Syntax(at / "prefix", prefix, CheckEnvName);
    for (const std::string_view member : {"configMapRef", "secretRef"}) {
      if (from[i].contains(member)) ValidateConfigName(from[i][member], at / member, faults);
    }
  }
}

/// core/validation, validateFileKeySelector.
void ValidateEnvFiles(const Json& container, const Json& volumes, const Path& path, Faults& faults) {
  const Json& env = Items(container, "env");
  for (size_t i = 0; i < env.size(); ++i) {
    const Json& ref = Member(Member(env[i], "valueFrom"), "fileKeyRef");
    if (!ref.is_object()) continue;
    const Path at = (path / "env")[i] / "valueFrom" / "fileKeyRef";
    faults.Named(at / "key", ReadString(ref, "key"), CheckEnvName);
    faults.Named(at / "path", ReadString(ref, "path"), CheckInnerPath);
    const std::string volume = ReadString(ref, "volumeName");
    if (volume.empty()) {
      faults.Required(at / "volumeName");
      continue;
    }
    const auto found = std::find_if(volumes.begin(), volumes.end(),
                                    [&](const Json& each) { return ReadString(each, "name") == volume; });
    if (found == volumes.end()) {
      faults.NotFound(at / "volumeName", volume, "the pod's volumes");
    } else if (!Member(*found, "emptyDir").is_object()) {
      faults.Invalid(at / "volumeName", volume, "must be an emptyDir");
    }
  }
}

void ValidateMounts(const Json& container, const Path& path, const std::set<std::string>& volumes, Faults& faults) {
  const bool privileged = ReadBool(Member(container, "securityContext"), "privileged");
  std::set<std::string> mount_paths;
  const Json& mounts = Items(container, "volumeMounts");
  for (size_t i = 0; i < mounts.size(); ++i) {
    const Path at = (path / "volumeMounts")[i];
    const std::string name = ReadString(mounts[i], "name"), mount_path = ReadString(mounts[i], "mountPath");
    if (!name.empty() && !volumes.contains(name)) faults.NotFound(at / "name", name, "the pod's volumes");
    if (!mount_path.empty() && !mount_paths.insert(mount_path).second) {
      faults.Invalid(at / "mountPath", mount_path, "must be unique");
    }
    ValidateMount(mounts[i], at, privileged, faults);
  }
  const Json& devices = Items(container, "volumeDevices");
  for (size_t i = 0; i < devices.size(); ++i) {
    const std::string name = ReadString(devices[i], "name");
    if (!name.empty() && !volumes.contains(name)) {
      faults.NotFound((path / "volumeDevices")[i] / "name", name, "the pod's volumes");
    }
  }
}

void ValidateResources(const Json& resources, const Path& path, Faults& faults) {
  const Json& limits = Member(resources, "limits");
  const Json& requests = Member(resources, "requests");
  for (const std::string_view member : {"limits", "requests"}) {
    const Json& amounts = Member(resources, member);
    if (!amounts.is_object()) continue;
    for (const auto& item : amounts.items()) {
      const Path at = (path / member)[item.key()];
      ValidateResourceName(item.key(), at, faults);
      if (IsExtended(item.key())) {
        faults.Add(at, kNotSupported, "this agent does not support extended resources: it knows no device plugins");
      }
      if (ReadQuantity(amounts, item.key()).IsNegative()) {
        faults.Invalid(at, item.value().get<std::string>(), "must be 0 or more");
      }
    }
  }
  ValidateHugepages(resources, path, faults);
  if (!requests.is_object() || !limits.is_object()) return;
  for (const auto& item : requests.items()) {
    if (!limits.contains(item.key())) continue;
    if (ReadQuantity(requests, item.key()) > ReadQuantity(limits, item.key())) {
      faults.Invalid(path / "requests", item.value().get<std::string>(),
                     "must be no more than the " + item.key() + " limit of " + limits[item.key()].get<std::string>());
    }
  }
}

void ValidateOverhead(const Json& amounts, const Path& path, Faults& faults) {
  if (!amounts.is_object()) return;
  for (const auto& item : amounts.items()) {
    ValidateResourceName(item.key(), path[item.key()], faults);
    if (!ReadQuantity(amounts, item.key()).IsNegative()) continue;
    faults.Invalid(path[item.key()], item.value().get<std::string>(), "must be 0 or more");
  }
}

}  // namespace ordinal::api

#include "agent/api/unsupported.h"

#include <functional>

#include "agent/api/faults.h"

namespace ordinal::api {
namespace {

/// `pattern` is a path below the PodSpec; "[]" stands for every item of a list, "*" for containers and initContainers.
/// `harmless` is the value (as JSON) that asks for nothing; empty: there is none.
struct Feature {
  std::string_view pattern, what, harmless = {};
};

constexpr Feature kUnsupported[] = {
    {"*[].livenessProbe", "probes"},
    {"*[].readinessProbe", "probes"},
    {"*[].startupProbe", "probes"},
    {"*[].lifecycle", "lifecycle hooks"},
    {"*[].envFrom", "environment from config maps and secrets"},
    {"*[].env[].valueFrom.configMapKeyRef", "environment from config maps"},
    {"*[].env[].valueFrom.secretKeyRef", "environment from secrets"},
    {"*[].volumeDevices", "raw block volumes"},
    {"*[].resources.claims", "dynamic resource allocation"},
    {"*[].volumeMounts[].recursiveReadOnly", "recursive read-only mounts", R"("Disabled")"},
    {"*[].securityContext.windowsOptions", "Windows containers"},
    {"ephemeralContainers", "ephemeral containers"},
    {"imagePullSecrets", "image pull secrets"},
    {"readinessGates", "readiness gates"},
    {"resourceClaims", "dynamic resource allocation"},
    {"resources", "resources of a whole pod", "{}"},
    {"runtimeClassName", "runtime classes"},
    {"schedulingGates", "scheduling gates"},
    {"hostUsers", "user namespaces", "true"},
    {"os.name", "operating systems other than linux", R"("linux")"},
    {"securityContext.supplementalGroupsPolicy", "the policy Strict", R"("Merge")"},
    {"securityContext.windowsOptions", "Windows containers"},
    {"volumes[].awsElasticBlockStore", "this volume source"},
    {"volumes[].azureDisk", "this volume source"},
    {"volumes[].azureFile", "this volume source"},
    {"volumes[].cephfs", "this volume source"},
    {"volumes[].cinder", "this volume source"},
    {"volumes[].configMap", "this volume source"},
    {"volumes[].csi", "this volume source"},
    {"volumes[].downwardAPI", "this volume source"},
    {"volumes[].ephemeral", "this volume source"},
    {"volumes[].fc", "this volume source"},
    {"volumes[].flexVolume", "this volume source"},
    {"volumes[].flocker", "this volume source"},
    {"volumes[].gcePersistentDisk", "this volume source"},
    {"volumes[].gitRepo", "this volume source"},
    {"volumes[].glusterfs", "this volume source"},
    {"volumes[].image", "this volume source"},
    {"volumes[].iscsi", "this volume source"},
    {"volumes[].nfs", "this volume source"},
    {"volumes[].photonPersistentDisk", "this volume source"},
    {"volumes[].portworxVolume", "this volume source"},
    {"volumes[].projected", "this volume source"},
    {"volumes[].quobyte", "this volume source"},
    {"volumes[].rbd", "this volume source"},
    {"volumes[].scaleIO", "this volume source"},
    {"volumes[].secret", "this volume source"},
    {"volumes[].storageos", "this volume source"},
    {"volumes[].vsphereVolume", "this volume source"},
};

constexpr Feature kIgnored[] = {
    {"schedulerName", "there is no scheduler", R"("default-scheduler")"},
    {"priorityClassName", "pods are not preempted"},
    {"preemptionPolicy", "pods are not preempted"},
    {"serviceAccountName", "pods get no service account token"},
};

using Found = std::function<void(const Path&, const Feature&)>;

void Search(const Json& value, std::string_view pattern, const Path& path, const Feature& feature, const Found& found) {
  if (pattern.empty()) {
    const bool nothing = value.is_null() || (value.is_structured() && value.empty() && feature.harmless != "{}");
    if (!nothing && (feature.harmless.empty() || value != Json::parse(feature.harmless))) found(path, feature);
    return;
  }
  if (pattern.starts_with("[]")) {
    if (!value.is_array()) return;
    for (size_t i = 0; i < value.size(); ++i) Search(value[i], pattern.substr(2), path[i], feature, found);
    return;
  }
  if (pattern.front() == '.') pattern.remove_prefix(1);
  const size_t end = std::min(pattern.find_first_of(".["), pattern.size());
  const std::string_view name = pattern.substr(0, end), rest = pattern.substr(end);
  if (name == "*") {
    for (const std::string_view list : {"containers", "initContainers"}) {
      Search(Member(value, list), rest, path / list, feature, found);
    }
    return;
  }
  if (const Json& member = Member(value, name); !member.is_null()) Search(member, rest, path / name, feature, found);
}

}  // namespace

std::vector<FieldError> UnsupportedFeatures(const Json& pod_spec, std::string_view path) {
  std::vector<FieldError> errors;
  Faults faults(errors);
  for (const auto& feature : kUnsupported) {
    Search(pod_spec, feature.pattern, Path(path), feature, [&](const Path& at, const Feature& what) {
      faults.Add(at, kNotSupported, "this agent does not support " + std::string(what.what));
    });
  }
  return errors;
}

std::vector<std::string> IgnoredFeatures(const Json& pod_spec, std::string_view path) {
  std::vector<std::string> warnings;
  for (const auto& feature : kIgnored) {
    Search(pod_spec, feature.pattern, Path(path), feature, [&](const Path& at, const Feature& what) {
      warnings.push_back(at.text() + ": has no effect: " + std::string(what.what));
    });
  }
  return warnings;
}

}  // namespace ordinal::api

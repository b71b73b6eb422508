// The container lists of a pod.
#include "agent/api/kinds/pod/container_rules.h"
#include "agent/api/kinds/pod/rules.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

void ValidateContainer(const Json& container, const Path& path, const std::set<std::string>& volumes, Faults& faults) {
  if (ReadString(container, "image").empty()) faults.Required(path / "image");
  faults.OneOf(path / "imagePullPolicy", ReadString(container, "imagePullPolicy"), {"Always", "IfNotPresent", "Never"});
  faults.OneOf(path / "terminationMessagePolicy", ReadString(container, "terminationMessagePolicy"),
               {"FallbackToLogsOnError", "File"});
  ValidatePorts(container, path, faults);
  ValidateEnv(container, path, faults);
  ValidateMounts(container, path, volumes, faults);
  ValidateProbes(container, path, faults);
  ValidateLifecycle(container, path, faults);
  ValidateResources(Member(container, "resources"), path / "resources", faults);
  ValidateContainerSecurity(Member(container, "securityContext"), path / "securityContext", faults);
}

/// A name is one among all containers of the pod.
void ValidateName(const Json& container, const Path& path, std::set<std::string>& names, Faults& faults) {
  const std::string name = ReadString(container, "name");
  faults.Syntax(path / "name", name, CheckDnsLabel);
  if (!name.empty() && !names.insert(name).second) faults.Duplicate(path / "name", name);
}

void ValidateInitContainer(const Json& container, const Path& path, Faults& faults) {
  const std::string policy = ReadString(container, "restartPolicy");
  faults.OneOf(path / "restartPolicy", policy, {"Always"});
  if (policy == "Always") return;
  for (const std::string_view member : {"lifecycle", "livenessProbe", "readinessProbe", "startupProbe"}) {
    if (container.contains(member)) {
      faults.Forbidden(path / member, "may not be set for init containers without restartPolicy: Always");
    }
  }
}

/// Two containers of a pod cannot have one port of the host.
void ValidateHostPorts(const Json& spec, const Path& path, Faults& faults) {
  std::set<std::string> taken;
  const Json& containers = Items(spec, "containers");
  const bool host_network = ReadBool(spec, "hostNetwork");
  for (size_t i = 0; i < containers.size(); ++i) {
    const Json& ports = Items(containers[i], "ports");
    for (size_t j = 0; j < ports.size(); ++j) {
      const Path at = ((path / "containers")[i] / "ports")[j];
      const int64_t port = ReadInt(ports[j], "hostPort");
      if (port == 0) continue;
      const std::string slot =
          ReadString(ports[j], "protocol") + "/" + ReadString(ports[j], "hostIP") + "/" + std::to_string(port);
      if (!taken.insert(slot).second) faults.Duplicate(at / "hostPort", slot);
      if (host_network && port != ReadInt(ports[j], "containerPort")) {
        faults.Invalid(at / "containerPort", ReadInt(ports[j], "containerPort"),
                       "must match hostPort when hostNetwork is true");
      }
    }
  }
}

}  // namespace

void ValidateContainers(const Json& spec, const Path& path, const std::set<std::string>& volumes, Faults& faults) {
  std::set<std::string> names;
  const Json& containers = Items(spec, "containers");
  for (size_t i = 0; i < containers.size(); ++i) {
    const Path at = (path / "containers")[i];
    ValidateName(containers[i], at, names, faults);
    ValidateContainer(containers[i], at, volumes, faults);
    if (containers[i].contains("restartPolicy")) {
      faults.Forbidden(at / "restartPolicy", "may only be set for init containers");
    }
  }
  const Json& init_containers = Items(spec, "initContainers");
  for (size_t i = 0; i < init_containers.size(); ++i) {
    const Path at = (path / "initContainers")[i];
    ValidateName(init_containers[i], at, names, faults);
    ValidateContainer(init_containers[i], at, volumes, faults);
    ValidateInitContainer(init_containers[i], at, faults);
  }
  ValidateHostPorts(spec, path, faults);
}

}  // namespace ordinal::api

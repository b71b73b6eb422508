// The container lists of a pod.
#include "agent/api/kinds/pod/container_rules.h"
#include "agent/api/kinds/pod/resize.h"
#include "agent/api/kinds/pod/rules.h"
#include "agent/api/kinds/pod/values.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr int64_t kUsualGraceSeconds = 30;

/// What every kind of container may have.
void ValidateCommon(const Json& container, const Path& path, const std::set<std::string>& volumes, Faults& faults) {
  if (ReadString(container, "image").empty()) faults.Required(path / "image");
  faults.OneOf(path / "imagePullPolicy", ReadString(container, "imagePullPolicy"), schema::kPullPolicies);
  faults.OneOf(path / "terminationMessagePolicy", ReadString(container, "terminationMessagePolicy"),
               schema::kMessagePolicies);
  ValidateEnv(container, path, faults);
  ValidateMounts(container, path, volumes, faults);
  ValidateContainerSecurity(Member(container, "securityContext"), path / "securityContext", faults);
}

void ValidateContainer(const Json& container, const Path& path, const std::set<std::string>& volumes,
                       int64_t grace_seconds, Faults& faults) {
  ValidateCommon(container, path, volumes, faults);
  ValidatePorts(container, path, faults);
  ValidateProbes(container, path, faults);
  ValidateLifecycle(container, path, grace_seconds, faults);
  ValidateResources(Member(container, "resources"), path / "resources", faults);
  ValidateRestart(container, path, faults);
}

/// A name is one among all containers of the pod.
void ValidateName(const Json& container, const Path& path, std::set<std::string>& names, Faults& faults) {
  const std::string name = ReadString(container, "name");
  faults.Syntax(path / "name", name, CheckDnsLabel);
  if (!name.empty() && !names.insert(name).second) faults.Duplicate(path / "name", name);
}

void ValidateInitContainer(const Json& container, const Path& path, Faults& faults) {
  if (ReadString(container, "restartPolicy") == "Always") return;
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

/// What of a container has to fit the rest of the pod.
void ValidateInPod(const Json& spec, const Path& path, Faults& faults) {
  const bool names_os = !ReadString(Member(spec, "os"), "name").empty();
  for (const std::string_view list : {"containers", "initContainers"}) {
    const Json& containers = Items(spec, list);
    for (size_t i = 0; i < containers.size(); ++i) {
      ValidateStopSignal(containers[i], (path / list)[i], names_os, faults);
      const bool one_time = list == "initContainers" && ReadString(containers[i], "restartPolicy") != "Always";
      ValidateResizePolicy(containers[i], (path / list)[i], ReadString(spec, "restartPolicy"), one_time, faults);
    }
  }
  for (const std::string_view list : {"containers", "initContainers", "ephemeralContainers"}) {
    const Json& containers = Items(spec, list);
    for (size_t i = 0; i < containers.size(); ++i) {
      ValidateEnvFiles(containers[i], Items(spec, "volumes"), (path / list)[i], faults);
    }
  }
}

}  // namespace

void ValidateContainers(const Json& spec, const Path& path, const std::set<std::string>& volumes, Faults& faults) {
  std::set<std::string> names;
  const int64_t grace_seconds = ReadInt(spec, "terminationGracePeriodSeconds", kUsualGraceSeconds);
  const Json& containers = Items(spec, "containers");
  for (size_t i = 0; i < containers.size(); ++i) {
    const Path at = (path / "containers")[i];
    ValidateName(containers[i], at, names, faults);
    ValidateContainer(containers[i], at, volumes, grace_seconds, faults);
  }
  const Json& init_containers = Items(spec, "initContainers");
  for (size_t i = 0; i < init_containers.size(); ++i) {
    const Path at = (path / "initContainers")[i];
    ValidateName(init_containers[i], at, names, faults);
    ValidateContainer(init_containers[i], at, volumes, grace_seconds, faults);
    ValidateInitContainer(init_containers[i], at, faults);
  }
  const std::set<std::string> targets = names;
  const Json& ephemeral_containers = Items(spec, "ephemeralContainers");
  for (size_t i = 0; i < ephemeral_containers.size(); ++i) {
    const Path at = (path / "ephemeralContainers")[i];
    ValidateName(ephemeral_containers[i], at, names, faults);
    ValidateCommon(ephemeral_containers[i], at, volumes, faults);
    ValidateEphemeral(ephemeral_containers[i], at, targets, faults);
  }
  ValidateHostPorts(spec, path, faults);
  ValidateInPod(spec, path, faults);
}

}  // namespace ordinal::api

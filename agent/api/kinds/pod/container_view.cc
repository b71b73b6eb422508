// The part of the Pod view that reads containers.
#include "agent/api/kinds/pod/read.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

ResourceList ReadResources(const Json& resources, std::string_view name) {
  ResourceList list;
  const Json& members = Member(resources, name);
  if (!members.is_object()) return list;
  for (const auto& item : members.items()) list[item.key()] = ReadQuantity(members, item.key());
  return list;
}

/// `map` and `secret` name the members that refer to one.
std::optional<ConfigName> ReadConfigName(const Json& json, std::string_view map, std::string_view secret) {
  for (const std::string_view member : {map, secret}) {
    const Json& of = Member(json, member);
    if (of.is_object()) return ConfigName{member == secret, ReadString(of, "name"), ReadBool(of, "optional")};
  }
  return std::nullopt;
}

EnvVar ReadEnv(const Json& json) {
  EnvVar env;
  env.name = ReadString(json, "name");
  env.value = ReadString(json, "value");
  const Json& from = Member(json, "valueFrom");
  env.config = ReadConfigName(from, "configMapKeyRef", "secretKeyRef");
  if (env.config)
    env.config_key = ReadString(Member(from, env.config->secret ? "secretKeyRef" : "configMapKeyRef"), "key");
  env.field_path = ReadString(Member(from, "fieldRef"), "fieldPath");
  const Json& resource = Member(from, "resourceFieldRef");
  env.resource = ReadString(resource, "resource");
  env.resource_container = ReadString(resource, "containerName");
  env.divisor = ReadDivisor(resource);
  return env;
}

ContainerPort ReadPort(const Json& json) {
  ContainerPort port;
  port.name = ReadString(json, "name");
  port.protocol = ReadString(json, "protocol", "TCP");
  port.host_ip = ReadString(json, "hostIP");
  port.container_port = static_cast<int32_t>(ReadInt(json, "containerPort"));
  port.host_port = static_cast<int32_t>(ReadInt(json, "hostPort"));
  return port;
}

VolumeMount ReadMount(const Json& json) {
  VolumeMount mount;
  mount.name = ReadString(json, "name");
  mount.mount_path = ReadString(json, "mountPath");
  mount.sub_path = ReadString(json, "subPath");
  mount.sub_path_expr = ReadString(json, "subPathExpr");
  mount.propagation = ReadString(json, "mountPropagation");
  mount.read_only = ReadBool(json, "readOnly");
  return mount;
}

std::optional<Profile> ReadProfile(const Json& json, std::string_view name) {
  const Json& profile = Member(json, name);
  if (!profile.is_object()) return std::nullopt;
  return Profile{ReadString(profile, "type"), ReadString(profile, "localhostProfile")};
}

}  // namespace

std::string ReadDivisor(const Json& resource_field_ref) {
  const Json& divisor = Member(resource_field_ref, "divisor");
  return divisor.is_string() ? divisor.get<std::string>() : divisor.is_number() ? divisor.dump() : "";
}

void ReadSecurityContext(const Json& json, SecurityContext& context) {
  context.run_as_user = ReadOptional<int64_t>(json, "runAsUser");
  context.run_as_group = ReadOptional<int64_t>(json, "runAsGroup");
  context.run_as_non_root = ReadOptional<bool>(json, "runAsNonRoot");
  context.privileged = ReadOptional<bool>(json, "privileged");
  context.read_only_root_filesystem = ReadOptional<bool>(json, "readOnlyRootFilesystem");
  context.allow_privilege_escalation = ReadOptional<bool>(json, "allowPrivilegeEscalation");
  const Json& capabilities = Member(json, "capabilities");
  context.add_capabilities = ReadStrings(capabilities, "add");
  context.drop_capabilities = ReadStrings(capabilities, "drop");
  const Json& selinux = Member(json, "seLinuxOptions");
  if (selinux.is_object()) {
    context.selinux = SELinuxOptions{ReadString(selinux, "user"), ReadString(selinux, "role"),
                                     ReadString(selinux, "type"), ReadString(selinux, "level")};
  }
  context.seccomp = ReadProfile(json, "seccompProfile");
  context.apparmor = ReadProfile(json, "appArmorProfile");
  context.proc_mount = ReadString(json, "procMount");
}

Container ReadContainer(const Json& json) {
  Container container;
  container.name = ReadString(json, "name");
  container.image = ReadString(json, "image");
  container.image_pull_policy = ReadString(json, "imagePullPolicy");
  container.working_dir = ReadString(json, "workingDir");
  container.command = ReadStrings(json, "command");
  container.args = ReadStrings(json, "args");
  for (const auto& item : Items(json, "ports")) container.ports.push_back(ReadPort(item));
  for (const auto& item : Items(json, "envFrom")) {
    auto of = ReadConfigName(item, "configMapRef", "secretRef");
    if (of) container.env_from.push_back({std::move(*of), ReadString(item, "prefix")});
  }
  for (const auto& item : Items(json, "env")) container.env.push_back(ReadEnv(item));
  for (const auto& item : Items(json, "volumeMounts")) container.mounts.push_back(ReadMount(item));
  const Json& resources = Member(json, "resources");
  container.limits = ReadResources(resources, "limits");
  container.requests = ReadResources(resources, "requests");
  ReadSecurityContext(Member(json, "securityContext"), container.security);
  container.termination_message_path = ReadString(json, "terminationMessagePath", container.termination_message_path);
  container.termination_message_policy =
      ReadString(json, "terminationMessagePolicy", container.termination_message_policy);
  container.restart_policy = ReadString(json, "restartPolicy");
  container.stdin_open = ReadBool(json, "stdin");
  container.stdin_once = ReadBool(json, "stdinOnce");
  container.tty = ReadBool(json, "tty");
  container.readiness_probe = Member(json, "readinessProbe").is_object();
  return container;
}

}  // namespace ordinal::api

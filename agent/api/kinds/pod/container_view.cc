// The part of the Pod view that reads containers.
#include <algorithm>

#include "agent/api/kinds/pod/read.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

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
  const Json& file = Member(from, "fileKeyRef");
  if (file.is_object()) {
    env.file = std::make_shared<const FileKey>(FileKey{ReadString(file, "volumeName"), ReadString(file, "path"),
                                                       ReadString(file, "key"), ReadBool(file, "optional")});
  }
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
  mount.recursive_read_only = ReadString(json, "recursiveReadOnly");
  return mount;
}

RestartRule ReadRestartRule(const Json& json) {
  const Json& condition = Member(json, "exitCodes");
  RestartRule rule;
  rule.all = ReadString(json, "action") == "RestartAllContainers";
  rule.not_in = ReadString(condition, "operator") == "NotIn";
  for (const Json& value : Items(condition, "values")) {
    if (value.is_number_integer()) rule.exit_codes.push_back(static_cast<int32_t>(value.get<int64_t>()));
  }
  return rule;
}

std::optional<Profile> ReadProfile(const Json& json, std::string_view name) {
  const Json& profile = Member(json, name);
  if (!profile.is_object()) return std::nullopt;
  return Profile{ReadString(profile, "type"), ReadString(profile, "localhostProfile")};
}

}  // namespace

ResourceList ReadResourceList(const Json& amounts) {
  ResourceList list;
  if (!amounts.is_object()) return list;
  for (const auto& item : amounts.items()) list[item.key()] = ReadQuantity(amounts, item.key());
  return list;
}

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

const RestartRule* RuleFor(const Container& container, int32_t exit_code) {
  const auto fits = [exit_code](const RestartRule& rule) {
    const auto& codes = rule.exit_codes;
    const bool listed = std::find(codes.begin(), codes.end(), exit_code) != codes.end();
    return listed != rule.not_in;
  };
  const auto found = std::find_if(container.restart_rules.begin(), container.restart_rules.end(), fits);
  return found == container.restart_rules.end() ? nullptr : &*found;
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
  container.limits = ReadResourceList(Member(resources, "limits"));
  container.requests = ReadResourceList(Member(resources, "requests"));
  for (const auto& policy : Items(json, "resizePolicy")) {
    const bool restarts = ReadString(policy, "restartPolicy") == "RestartContainer";
    const std::string resource = ReadString(policy, "resourceName");
    if (resource == "cpu") container.restarts_for_cpu = restarts;
    if (resource == "memory") container.restarts_for_memory = restarts;
  }
  ReadSecurityContext(Member(json, "securityContext"), container.security);
  container.termination_message_path = ReadString(json, "terminationMessagePath", container.termination_message_path);
  container.termination_message_policy =
      ReadString(json, "terminationMessagePolicy", container.termination_message_policy);
  container.restart_policy = ReadString(json, "restartPolicy");
  for (const auto& item : Items(json, "restartPolicyRules")) container.restart_rules.push_back(ReadRestartRule(item));
  container.target = ReadString(json, "targetContainerName");
  container.stdin_open = ReadBool(json, "stdin");
  container.stdin_once = ReadBool(json, "stdinOnce");
  container.tty = ReadBool(json, "tty");
  container.probes = ReadProbes(json);
  container.hooks = ReadHooks(json);
  return container;
}

}  // namespace ordinal::api

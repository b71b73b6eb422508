#include "cri/grpc/convert.h"

#include "agent/base/utf8.h"

namespace ordinal::cri {
namespace {

namespace pb = runtime::v1;

void CopyMap(const StringMap& from, google::protobuf::Map<std::string, std::string>* to) {
  for (const auto& [key, value] : from) (*to)[key] = value;
}

/// What the runtime says, as text that can be stored.
std::string Text(const std::string& from) {
  return FirstBadByte(from) == from.size() ? from : ValidText(from, 3 * from.size());
}

StringMap CopyMap(const google::protobuf::Map<std::string, std::string>& from) {
  StringMap to;
  for (const auto& [key, value] : from) to[Text(key)] = Text(value);
  return to;
}

std::vector<std::string> Texts(const google::protobuf::RepeatedPtrField<std::string>& from) {
  std::vector<std::string> to;
  for (const std::string& each : from) to.push_back(Text(each));
  return to;
}

void Fill(const IdRange& from, pb::IDMapping* to) {
  to->set_host_id(from.host_id);
  to->set_container_id(0);
  to->set_length(from.length);
}

void Fill(const NamespaceOptions& from, pb::NamespaceOption* to) {
  to->set_network(static_cast<pb::NamespaceMode>(from.network));
  to->set_pid(static_cast<pb::NamespaceMode>(from.pid));
  to->set_ipc(static_cast<pb::NamespaceMode>(from.ipc));
  to->set_target_id(from.target_id);
  if (!from.users) return;
  to->mutable_userns_options()->set_mode(pb::POD);
  Fill(*from.users, to->mutable_userns_options()->add_uids());
  Fill(*from.users, to->mutable_userns_options()->add_gids());
}

void Fill(const SecurityProfile& from, pb::SecurityProfile* to) {
  to->set_profile_type(static_cast<pb::SecurityProfile::ProfileType>(from.type));
  to->set_localhost_ref(from.localhost_ref);
}

void Fill(const SELinuxOptions& from, pb::SELinuxOption* to) {
  to->set_user(from.user);
  to->set_role(from.role);
  to->set_type(from.type);
  to->set_level(from.level);
}

template <class Config, class Context>
void FillIdentity(const Config& from, Context* to) {
  if (from.run_as_user) to->mutable_run_as_user()->set_value(*from.run_as_user);
  if (from.run_as_group) to->mutable_run_as_group()->set_value(*from.run_as_group);
  for (const int64_t id : from.supplemental_groups) to->add_supplemental_groups(id);
  to->set_supplemental_groups_policy(from.strict_groups ? pb::Strict : pb::Merge);
}

void FillSecurity(const SandboxConfig& from, pb::LinuxSandboxSecurityContext* to) {
  Fill(from.namespaces, to->mutable_namespace_options());
  to->set_privileged(from.privileged);
  to->set_readonly_rootfs(from.readonly_rootfs);
  FillIdentity(from, to);
  if (from.seccomp) Fill(*from.seccomp, to->mutable_seccomp());
  if (from.selinux) Fill(*from.selinux, to->mutable_selinux_options());
}

void FillSecurity(const ContainerConfig& from, pb::LinuxContainerSecurityContext* to) {
  for (const auto& name : from.add_capabilities) to->mutable_capabilities()->add_add_capabilities(name);
  for (const auto& name : from.drop_capabilities) to->mutable_capabilities()->add_drop_capabilities(name);
  to->set_privileged(from.privileged);
  Fill(from.namespaces, to->mutable_namespace_options());
  FillIdentity(from, to);
  to->set_run_as_username(from.run_as_username);
  to->set_readonly_rootfs(from.readonly_rootfs);
  to->set_no_new_privs(from.no_new_privs);
  for (const auto& path : from.masked_paths) to->add_masked_paths(path);
  for (const auto& path : from.readonly_paths) to->add_readonly_paths(path);
  if (from.seccomp) Fill(*from.seccomp, to->mutable_seccomp());
  if (from.apparmor) Fill(*from.apparmor, to->mutable_apparmor());
  if (from.selinux) Fill(*from.selinux, to->mutable_selinux_options());
}

void Fill(const Resources& from, pb::LinuxContainerResources* to) {
  to->set_cpu_period(from.cpu_period);
  to->set_cpu_quota(from.cpu_quota);
  to->set_cpu_shares(from.cpu_shares);
  to->set_memory_limit_in_bytes(from.memory_limit);
  to->set_memory_swap_limit_in_bytes(from.memory_swap_limit);
  to->set_oom_score_adj(from.oom_score_adj);
  for (const HugepageLimit& limit : from.hugepages) {
    pb::HugepageLimit* out = to->add_hugepage_limits();
    out->set_page_size(limit.page_size);
    out->set_limit(limit.bytes);
  }
  CopyMap(from.unified, to->mutable_unified());
}

void FillFiles(const ContainerConfig& from, pb::ContainerConfig* to) {
  for (const Mount& mount : from.mounts) {
    pb::Mount* out = to->add_mounts();
    out->set_container_path(mount.container_path);
    out->set_host_path(mount.host_path);
    out->set_readonly(mount.readonly);
    out->set_propagation(static_cast<pb::MountPropagation>(mount.propagation));
    out->set_recursive_read_only(mount.recursive_readonly);
    if (mount.ids) {
      Fill(*mount.ids, out->add_uidmappings());
      Fill(*mount.ids, out->add_gidmappings());
    }
    if (mount.image.empty()) continue;
    out->mutable_image()->set_image(mount.image);
    out->set_image_sub_path(mount.image_sub_path);
  }
  for (const Device& device : from.devices) {
    pb::Device* out = to->add_devices();
    out->set_container_path(device.container_path);
    out->set_host_path(device.host_path);
    out->set_permissions(device.permissions);
  }
}

template <class Message>
Sandbox CommonSandbox(const Message& from) {
  Sandbox sandbox;
  sandbox.id = Text(from.id());
  sandbox.name = Text(from.metadata().name());
  sandbox.uid = Text(from.metadata().uid());
  sandbox.ns = Text(from.metadata().namespace_());
  sandbox.attempt = from.metadata().attempt();
  sandbox.state = from.state() == pb::SANDBOX_READY ? SandboxState::kReady : SandboxState::kNotReady;
  sandbox.created_at = ToTime(from.created_at());
  sandbox.labels = CopyMap(from.labels());
  sandbox.annotations = CopyMap(from.annotations());
  return sandbox;
}

ContainerState ToState(pb::ContainerState state) {
  switch (state) {
    case pb::CONTAINER_CREATED: return ContainerState::kCreated;
    case pb::CONTAINER_RUNNING: return ContainerState::kRunning;
    case pb::CONTAINER_EXITED: return ContainerState::kExited;
    default: return ContainerState::kUnknown;
  }
}

template <class Message>
Container CommonContainer(const Message& from) {
  Container container;
  container.id = Text(from.id());
  container.name = Text(from.metadata().name());
  container.attempt = from.metadata().attempt();
  container.state = ToState(from.state());
  container.image = Text(from.image().image());
  container.image_ref = Text(from.image_ref());
  container.created_at = ToTime(from.created_at());
  container.labels = CopyMap(from.labels());
  container.annotations = CopyMap(from.annotations());
  return container;
}

}  // namespace

pb::PodSandboxConfig ToProto(const SandboxConfig& config) {
  pb::PodSandboxConfig out;
  out.mutable_metadata()->set_name(config.name);
  out.mutable_metadata()->set_uid(config.uid);
  out.mutable_metadata()->set_namespace_(config.ns);
  out.mutable_metadata()->set_attempt(config.attempt);
  out.set_hostname(config.hostname);
  out.set_log_directory(config.log_directory);
  if (config.dns) {
    for (const auto& server : config.dns->servers) out.mutable_dns_config()->add_servers(server);
    for (const auto& search : config.dns->searches) out.mutable_dns_config()->add_searches(search);
    for (const auto& option : config.dns->options) out.mutable_dns_config()->add_options(option);
  }
  for (const PortMapping& port : config.ports) {
    pb::PortMapping* mapping = out.add_port_mappings();
    mapping->set_protocol(static_cast<pb::Protocol>(port.protocol));
    mapping->set_container_port(port.container_port);
    mapping->set_host_port(port.host_port);
    mapping->set_host_ip(port.host_ip);
  }
  CopyMap(config.labels, out.mutable_labels());
  CopyMap(config.annotations, out.mutable_annotations());
  out.mutable_linux()->set_cgroup_parent(config.cgroup_parent);
  CopyMap(config.sysctls, out.mutable_linux()->mutable_sysctls());
  FillSecurity(config, out.mutable_linux()->mutable_security_context());
  Fill(config.overhead, out.mutable_linux()->mutable_overhead());
  return out;
}

pb::ContainerConfig ToProto(const ContainerConfig& config) {
  pb::ContainerConfig out;
  out.mutable_metadata()->set_name(config.name);
  out.mutable_metadata()->set_attempt(config.attempt);
  out.mutable_image()->set_image(config.image);
  for (const auto& word : config.command) out.add_command(word);
  for (const auto& word : config.args) out.add_args(word);
  out.set_working_dir(config.working_dir);
  for (const auto& [key, value] : config.envs) {
    pb::KeyValue* env = out.add_envs();
    env->set_key(key);
    env->set_value(value);
  }
  FillFiles(config, &out);
  CopyMap(config.labels, out.mutable_labels());
  CopyMap(config.annotations, out.mutable_annotations());
  out.set_log_path(config.log_path);
  out.set_stdin(config.stdin_open);
  out.set_stdin_once(config.stdin_once);
  out.set_tty(config.tty);
  Fill(config.resources, out.mutable_linux()->mutable_resources());
  FillSecurity(config, out.mutable_linux()->mutable_security_context());
  return out;
}

pb::LinuxContainerResources ToProto(const Resources& resources) {
  pb::LinuxContainerResources out;
  Fill(resources, &out);
  return out;
}

pb::PodSandboxFilter ToProto(const SandboxFilter& filter) {
  pb::PodSandboxFilter out;
  out.set_id(filter.id);
  CopyMap(filter.labels, out.mutable_label_selector());
  return out;
}

pb::ContainerFilter ToProto(const ContainerFilter& filter) {
  pb::ContainerFilter out;
  out.set_id(filter.id);
  out.set_pod_sandbox_id(filter.sandbox_id);
  CopyMap(filter.labels, out.mutable_label_selector());
  return out;
}

Sandbox FromProto(const pb::PodSandbox& sandbox) { return CommonSandbox(sandbox); }

Sandbox FromProto(const pb::PodSandboxStatus& status) {
  Sandbox sandbox = CommonSandbox(status);
  if (!status.network().ip().empty()) sandbox.ips.push_back(Text(status.network().ip()));
  for (const auto& additional : status.network().additional_ips()) sandbox.ips.push_back(Text(additional.ip()));
  sandbox.host_network = status.linux().namespaces().options().network() == pb::NODE;
  return sandbox;
}

Container FromProto(const pb::Container& container) {
  Container out = CommonContainer(container);
  out.sandbox_id = Text(container.pod_sandbox_id());
  return out;
}

Container FromProto(const pb::ContainerStatus& status) {
  Container out = CommonContainer(status);
  out.started_at = ToTime(status.started_at());
  out.finished_at = ToTime(status.finished_at());
  out.exit_code = status.exit_code();
  out.reason = ValidText(status.reason());
  out.message = ValidText(status.message());
  out.log_path = Text(status.log_path());
  return out;
}

Image FromProto(const pb::Image& image) {
  Image out;
  out.id = Text(image.id());
  out.repo_tags = Texts(image.repo_tags());
  out.repo_digests = Texts(image.repo_digests());
  out.size = image.size();
  if (image.has_uid()) out.uid = image.uid().value();
  out.username = Text(image.username());
  out.pinned = image.pinned();
  return out;
}

pb::AuthConfig ToProto(const ImageAuth& auth) {
  pb::AuthConfig out;
  out.set_username(auth.username);
  out.set_password(auth.password);
  out.set_identity_token(auth.identity_token);
  out.set_registry_token(auth.registry_token);
  return out;
}

std::optional<ImageFilesystem> FromProto(const pb::ImageFsInfoResponse& info) {
  if (info.image_filesystems().empty()) return std::nullopt;
  const pb::FilesystemUsage& usage = info.image_filesystems(0);
  return ImageFilesystem{Text(usage.fs_id().mountpoint()), usage.used_bytes().value()};
}

}  // namespace ordinal::cri

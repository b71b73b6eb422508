#include "agent/podsync/cri_config.h"

#include <fmt/format.h>

#include <charconv>

#include "agent/base/bounded_time.h"
#include "agent/podsync/plan.h"
#include "agent/podsync/resources.h"
#include "agent/podsync/sysctls.h"

namespace ordinal::podsync {
namespace {

// What an unprivileged container must not see of /proc (Kubernetes: pkg/securitycontext/util.go).
const std::vector<std::string> kMaskedPaths = {
    "/proc/asound",      "/proc/acpi",          "/proc/interrupts", "/proc/kcore",
    "/proc/keys",        "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
    "/proc/sched_debug", "/proc/scsi",          "/sys/firmware",    "/sys/devices/virtual/powercap"};
const std::vector<std::string> kReadonlyPaths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                                 "/proc/sysrq-trigger"};

cri::StringMap PodLabels(const api::Pod& pod, const NodeFacts& node) {
  return {{observe::kPodNameLabel, pod.meta.name},
          {observe::kPodNamespaceLabel, pod.meta.ns},
          {observe::kPodUidLabel, pod.meta.uid},
          {observe::kAgentLabel, node.node_name}};
}

cri::NamespaceOptions Namespaces(const api::PodSpec& spec) {
  cri::NamespaceOptions options;
  if (spec.host_network) options.network = cri::NamespaceMode::kNode;
  if (spec.host_ipc) options.ipc = cri::NamespaceMode::kNode;
  if (spec.host_pid) {
    options.pid = cri::NamespaceMode::kNode;
  } else if (spec.share_process_namespace) {
    options.pid = cri::NamespaceMode::kPod;
  }
  return options;
}

std::optional<cri::SecurityProfile> ToProfile(const std::optional<api::Profile>& profile) {
  if (!profile) return std::nullopt;
  cri::SecurityProfile out;
  if (profile->type == "Unconfined") out.type = cri::SecurityProfile::Type::kUnconfined;
  if (profile->type == "Localhost") out.type = cri::SecurityProfile::Type::kLocalhost;
  out.localhost_ref = profile->localhost_profile;
  return out;
}

/// The runtime reads the profile of a file by itself.
std::optional<cri::SecurityProfile> ToSeccomp(const std::optional<api::Profile>& profile, const NodeFacts& node) {
  std::optional<cri::SecurityProfile> out = ToProfile(profile);
  const bool of_file = out && out->type == cri::SecurityProfile::Type::kLocalhost;
  if (of_file) out->localhost_ref = node.seccomp_profiles + "/" + profile->localhost_profile;
  return out;
}

std::optional<cri::SELinuxOptions> ToSELinux(const std::optional<api::SELinuxOptions>& options) {
  if (!options) return std::nullopt;
  return cri::SELinuxOptions{options->user, options->role, options->type, options->level};
}

cri::Protocol ToProtocol(const std::string& protocol) {
  if (protocol == "UDP") return cri::Protocol::kUdp;
  if (protocol == "SCTP") return cri::Protocol::kSctp;
  return cri::Protocol::kTcp;
}

bool AnyPrivileged(const api::PodSpec& spec) {
  for (const auto* list : {&spec.init_containers, &spec.containers}) {
    for (const api::Container& container : *list) {
      if (container.security.privileged.value_or(false)) return true;
    }
  }
  return false;
}

std::vector<cri::PortMapping> HostPorts(const api::PodSpec& spec) {
  std::vector<cri::PortMapping> out;
  if (spec.host_network) return out;
  for (const api::Container& container : spec.containers) {
    for (const api::ContainerPort& port : container.ports) {
      if (port.host_port == 0) continue;
      out.push_back({ToProtocol(port.protocol), port.container_port, port.host_port, port.host_ip});
    }
  }
  return out;
}

std::vector<int64_t> SupplementalGroups(const api::PodSecurityContext& security) {
  std::vector<int64_t> groups;
  if (security.fs_group) groups.push_back(*security.fs_group);
  groups.insert(groups.end(), security.supplemental_groups.begin(), security.supplemental_groups.end());
  return groups;
}

/// The container's own setting, else the pod's.
template <class T>
const std::optional<T>& Either(const std::optional<T>& own, const std::optional<T>& pods) {
  return own ? own : pods;
}

void ApplyUser(cri::ContainerConfig& config, const api::SecurityContext& own, const api::PodSecurityContext& pods,
               const cri::Image& image) {
  config.run_as_user = Either(own.run_as_user, pods.run_as_user);
  config.run_as_group = Either(own.run_as_group, pods.run_as_group);
  if (config.run_as_user) return;
  config.run_as_username = image.uid ? std::string() : image.username;
  // An image that names no user means root; said outright, because a runtime refuses runAsGroup without a user.
  if (config.run_as_username.empty()) config.run_as_user = image.uid.value_or(0);
}

Status CheckNonRoot(const api::Container& container, const cri::ContainerConfig& config,
                    const api::PodSecurityContext& pods) {
  if (!Either(container.security.run_as_non_root, pods.run_as_non_root).value_or(false)) return {};
  if (config.run_as_user.value_or(0) != 0) return {};
  const std::string why = config.run_as_username.empty()
                              ? "would run as root"
                              : fmt::format("has the non-numeric user \"{}\"", config.run_as_username);
  return MakeError(
      ErrorCode::kInvalid,
      fmt::format("container \"{}\" has runAsNonRoot but {}: set securityContext.runAsUser to a number other than 0",
                  container.name, why),
      "CreateContainerConfigError");
}

void ApplySecurity(cri::ContainerConfig& config, const api::Container& container, const api::PodSpec& spec,
                   const NodeFacts& node) {
  const api::SecurityContext& own = container.security;
  config.privileged = own.privileged.value_or(false);
  config.readonly_rootfs = own.read_only_root_filesystem.value_or(false);
  config.no_new_privs = !own.allow_privilege_escalation.value_or(true);
  config.add_capabilities = own.add_capabilities;
  config.drop_capabilities = own.drop_capabilities;
  config.supplemental_groups = SupplementalGroups(spec.security);
  config.strict_groups = spec.security.strict_groups;
  config.seccomp = ToSeccomp(Either(own.seccomp, spec.security.seccomp), node);
  if (!config.seccomp || config.privileged) {
    config.seccomp = cri::SecurityProfile{cri::SecurityProfile::Type::kUnconfined, {}};
  }
  config.apparmor = ToProfile(Either(own.apparmor, spec.security.apparmor));
  config.selinux = ToSELinux(Either(own.selinux, spec.security.selinux));
  config.namespaces = Namespaces(spec);
  if (!config.privileged && own.proc_mount != "Unmasked") {
    config.masked_paths = kMaskedPaths;
    config.readonly_paths = kReadonlyPaths;
  }
}

const api::Json& ContainerDocument(const api::Pod& pod, const ContainerFacts& facts) {
  const char* list = facts.init ? "initContainers" : facts.ephemeral ? "ephemeralContainers" : "containers";
  return api::Member(api::Member(pod.object.body(), "spec"), list).at(facts.index);
}

/// Where all processes of the pod, or of the host, are seen, the target's are.
void ApplyTarget(cri::ContainerConfig& config, const std::string& target_id) {
  if (target_id.empty() || config.namespaces.pid != cri::NamespaceMode::kContainer) return;
  config.namespaces.pid = cri::NamespaceMode::kTarget;
  config.namespaces.target_id = target_id;
}

void ApplyMarks(cri::ContainerConfig& config, const api::Pod& pod, const NodeFacts& node, const ContainerFacts& facts,
                const api::Container& container) {
  config.labels = PodLabels(pod, node);
  config.labels[observe::kContainerNameLabel] = container.name;
  config.annotations = {
      {observe::kContainerHash, ContainerHash(ContainerDocument(pod, facts))},
      {observe::kRestartCount, fmt::format("{}", facts.attempt)},
      {observe::kTerminationMessagePath, container.termination_message_path},
      {observe::kTerminationMessagePolicy, container.termination_message_policy},
      {observe::kPodTerminationGracePeriod, fmt::format("{}", pod.spec.termination_grace_seconds)},
  };
  if (facts.round > 0) config.annotations[observe::kRound] = fmt::format("{}", facts.round);
  const uint32_t streak = facts.streak.value_or(facts.attempt);
  if (streak != facts.attempt) config.annotations[observe::kStreak] = fmt::format("{}", streak);
  config.annotations[observe::kResources] = ToText(facts.given);
  if (pod.meta.deletion_grace_seconds) {
    config.annotations[observe::kPodDeletionGracePeriod] = fmt::format("{}", *pod.meta.deletion_grace_seconds);
  }
}

}  // namespace

MemoryFacts MemoryFactsOf(const NodeFacts& node) {
  return {node.memory_capacity, node.swap_capacity, node.limited_swap, node.unified_cgroups, node.hugepages};
}

std::chrono::seconds GraceOf(const cri::StringMap& annotations) {
  constexpr int64_t kDefault = 30;
  const auto found = annotations.find(observe::kPodTerminationGracePeriod);
  int64_t grace = kDefault;
  if (found != annotations.end()) {
    const std::string& text = found->second;
    if (std::from_chars(text.data(), text.data() + text.size(), grace).ec != std::errc()) grace = kDefault;
  }
  return std::chrono::seconds(BoundedSeconds(grace));
}

cri::SandboxConfig MakeSandboxConfig(const api::Pod& pod, const NodeFacts& node, const Layout& layout,
                                     uint32_t attempt) {
  cri::SandboxConfig config;
  config.name = pod.meta.name;
  config.ns = pod.meta.ns;
  config.uid = pod.meta.uid;
  config.attempt = attempt;
  if (!pod.spec.host_network) {
    config.hostname = OwnHostname(pod, node.dns.cluster_domain);
  }
  config.log_directory = layout.PodLogs(pod.meta.ns, pod.meta.name, pod.meta.uid);
  config.dns = PodDns(pod, node.dns);
  config.ports = HostPorts(pod.spec);
  config.labels = pod.meta.labels;
  for (const auto& [key, value] : PodLabels(pod, node)) config.labels[key] = value;
  config.annotations = pod.meta.annotations;
  config.annotations[observe::kPodTerminationGracePeriod] = fmt::format("{}", pod.spec.termination_grace_seconds);
  config.cgroup_parent = CgroupParent(pod.spec, pod.meta.uid, node.systemd_cgroup);
  for (const auto& [name, value] : pod.spec.security.sysctls) config.sysctls[DottedSysctl(name)] = value;
  config.overhead = OverheadResources(pod.spec);
  config.namespaces = Namespaces(pod.spec);
  config.privileged = AnyPrivileged(pod.spec);
  config.run_as_user = pod.spec.security.run_as_user;
  config.run_as_group = pod.spec.security.run_as_group;
  config.supplemental_groups = SupplementalGroups(pod.spec.security);
  config.strict_groups = pod.spec.security.strict_groups;
  config.seccomp = cri::SecurityProfile{};  // the pause process always runs under the runtime's default profile
  config.selinux = ToSELinux(pod.spec.security.selinux);
  return config;
}

Result<cri::ContainerConfig> MakeContainerConfig(const api::Pod& pod, const NodeFacts& node,
                                                 const ContainerFacts& facts) {
  const api::Container& container = ContainerOf(pod.spec, {facts.init, facts.index, facts.attempt, facts.ephemeral});
  cri::ContainerConfig config;
  config.name = container.name;
  config.attempt = facts.attempt;
  config.image = facts.image.id;
  TRY(config.envs, BuildEnv(pod, container, facts.env));
  TRY(config.command, ExpandAll(container.command, config.envs));
  TRY(config.args, ExpandAll(container.args, config.envs));
  config.working_dir = container.working_dir;
  config.mounts = facts.mounts;
  config.log_path = Layout::ContainerLog(container.name, facts.attempt);
  config.stdin_open = container.stdin_open;
  config.stdin_once = container.stdin_once;
  config.tty = container.tty;
  config.resources = ContainerResources(pod.spec, container, MemoryFactsOf(node));
  ApplyUser(config, container.security, pod.spec.security, facts.image);
  TRYV(CheckNonRoot(container, config, pod.spec.security));
  ApplySecurity(config, container, pod.spec, node);
  config.namespaces.users = facts.users;
  for (cri::Mount& mount : config.mounts) mount.ids = facts.users;
  ApplyTarget(config, facts.target_id);
  ApplyMarks(config, pod, node, facts, container);
  return config;
}

}  // namespace ordinal::podsync

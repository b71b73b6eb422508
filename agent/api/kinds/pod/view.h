// Typed view of a Pod (core/v1): what the node and the controllers read of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/probe.h"
#include "agent/api/kinds/pod/status_view.h"
#include "agent/api/quantity.h"

namespace ordinal::api {

/// A config map or a secret of the pod's namespace.
struct ConfigName {
  bool secret = false;
  std::string name;
  bool optional = false;  ///< goes on without it

  ObjectKey Key(const std::string& ns) const { return {secret ? "Secret" : "ConfigMap", ns, name}; }
};

struct EnvFrom {
  ConfigName of;
  std::string prefix;
};

/// A variable of a file that another container wrote into an emptyDir.
struct FileKey {
  std::string volume, path, key;
  bool optional = false;  ///< goes on without it
};

struct EnvVar {
  std::string name, value;
  std::optional<ConfigName> config;  ///< valueFrom.configMapKeyRef or secretKeyRef
  std::string config_key;            ///< its key
  std::string field_path;            ///< valueFrom.fieldRef.fieldPath
  std::string resource;              ///< valueFrom.resourceFieldRef.resource ("limits.cpu")
  std::string resource_container;
  std::string divisor;
  std::shared_ptr<const FileKey> file;  ///< valueFrom.fileKeyRef
};

struct ContainerPort {
  std::string name, protocol = "TCP", host_ip;
  int32_t container_port = 0, host_port = 0;
};

struct VolumeMount {
  std::string name, mount_path, sub_path, sub_path_expr, propagation;
  std::string recursive_read_only;  ///< "", "Disabled", "IfPossible", "Enabled"
  bool read_only = false;
};

struct SELinuxOptions {
  std::string user, role, type, level;
};

struct Profile {
  std::string type, localhost_profile;  ///< "RuntimeDefault", "Unconfined", "Localhost"
};

/// SecurityContext and the shared part of PodSecurityContext.
struct SecurityContext {
  std::optional<int64_t> run_as_user, run_as_group;
  std::optional<bool> run_as_non_root, privileged, read_only_root_filesystem, allow_privilege_escalation;
  std::vector<std::string> add_capabilities, drop_capabilities;
  std::optional<SELinuxOptions> selinux;
  std::optional<Profile> seccomp, apparmor;
  std::string proc_mount;
};

struct PodSecurityContext : SecurityContext {
  std::optional<int64_t> fs_group;
  std::string fs_group_change_policy = "Always";
  std::vector<int64_t> supplemental_groups;
  bool strict_groups = false;  ///< supplementalGroupsPolicy: Strict
  StringMap sysctls;
};

using ResourceList = std::map<std::string, Quantity>;

/// What becomes of a container that ended with certain exit codes, whatever its restart policy says.
struct RestartRule {
  bool all = false;     ///< every container of the pod starts again (RestartAllContainers), else this one (Restart)
  bool not_in = false;  ///< of exit codes that are not listed
  std::vector<int32_t> exit_codes;
};

struct Container {
  std::string name, image, image_pull_policy, working_dir;
  std::vector<std::string> command, args;
  std::vector<ContainerPort> ports;
  std::vector<EnvFrom> env_from;
  std::vector<EnvVar> env;
  ResourceList limits, requests;
  /// resizePolicy: whether a change of this resource ends the container, which starts again with it.
  bool restarts_for_cpu = false, restarts_for_memory = false;
  std::vector<VolumeMount> mounts;
  SecurityContext security;
  std::string termination_message_path = "/dev/termination-log";
  std::string termination_message_policy = "File";
  std::string restart_policy;  ///< its own, before the pod's; of an init container "Always" makes it a sidecar
  std::vector<RestartRule> restart_rules;  ///< the first that fits counts
  std::string target;                      ///< of an ephemeral container: the one whose processes it sees
  bool stdin_open = false, stdin_once = false, tty = false;
  Probes probes;
  Hooks hooks;
};

struct Volume {
  std::string name;
  std::string source;  ///< the member that is set: "emptyDir", "persistentVolumeClaim", …
  Json spec;           ///< that member's value
};

struct HostAlias {
  std::string ip;
  std::vector<std::string> hostnames;
};

struct DnsConfig {
  std::vector<std::string> nameservers, searches;
  std::vector<std::pair<std::string, std::optional<std::string>>> options;
};

struct PodSpec {
  std::vector<Container> init_containers, containers, ephemeral_containers;
  std::vector<Volume> volumes;
  std::string node_name, hostname, subdomain, restart_policy = "Always", dns_policy = "ClusterFirst";
  std::string service_account, priority_class, runtime_class;
  int64_t priority = 0;
  ResourceList overhead;  ///< of its runtime class
  std::optional<std::string> hostname_override;
  std::string os;  ///< os.name; empty: not said
  std::optional<DnsConfig> dns_config;
  std::vector<HostAlias> host_aliases;
  PodSecurityContext security;
  ResourceList limits, requests;  ///< spec.resources: of the pod as a whole
  int64_t termination_grace_seconds = 30;
  std::optional<int64_t> active_deadline_seconds;
  bool host_network = false, host_pid = false, host_ipc = false, share_process_namespace = false;
  bool set_hostname_as_fqdn = false, enable_service_links = true;
  bool host_users = true;  ///< false: a user namespace of its own
};

struct Pod {
  static constexpr char kKind[] = "Pod";

  Object object;
  Meta meta;
  PodSpec spec;
  PodStatus status;

  static Pod From(const Object& object);
  /// How many views this process made: for who wants to know what a change costs. Any thread.
  static uint64_t Made();

  bool deleting() const { return meta.deleting(); }
  bool Terminal() const { return status.Terminal(); }
  /// Condition Ready is True.
  bool Ready() const;
  const Condition* FindCondition(std::string_view type) const { return status.FindCondition(type); }
};

// Of a pod's document, without reading all of it.
std::string NodeOf(const Json& pod);  ///< spec.nodeName; empty: not placed
bool Ended(const Json& pod);          ///< phase Succeeded or Failed

/// Reads a PodSpec document (a pod's spec, or a template's).
PodSpec ReadPodSpec(const Json& spec);

/// The rule that `exit_code` falls under; null: the container's policy counts.
const RestartRule* RuleFor(const Container& container, int32_t exit_code);

/// What the annotation kProbePeriods says, where it can be understood. Pod::From() does it.
void ApplyProbePeriods(const std::string& annotation, PodSpec& spec);

/// "Guaranteed", "Burstable" or "BestEffort" (limits equal to requests for cpu and memory everywhere, any
/// request or limit, none). Where the pod as a whole has resources, they alone count
/// (pkg/apis/core/v1/helper/qos, ComputePodQOS).
std::string QosClass(const PodSpec& spec);

/// From here on a pod is the system's own: neither evicted nor refused, and it never swaps
/// (scheduling.SystemCriticalPriority; pkg/kubelet/types: IsCriticalPod, there are no static pods here).
inline constexpr int64_t kCriticalPriority = 2'000'000'000;

/// spec.priority, or that of the two classes every cluster has (system-cluster-critical, system-node-critical).
int64_t PriorityOf(const PodSpec& spec);

}  // namespace ordinal::api

// Typed view of a Pod (core/v1): what the node and the controllers read of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

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

struct EnvVar {
  std::string name, value;
  std::optional<ConfigName> config;  ///< valueFrom.configMapKeyRef or secretKeyRef
  std::string config_key;            ///< its key
  std::string field_path;            ///< valueFrom.fieldRef.fieldPath
  std::string resource;              ///< valueFrom.resourceFieldRef.resource ("limits.cpu")
  std::string resource_container;
  std::string divisor;
};

struct ContainerPort {
  std::string name, protocol = "TCP", host_ip;
  int32_t container_port = 0, host_port = 0;
};

struct VolumeMount {
  std::string name, mount_path, sub_path, sub_path_expr, propagation;
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
  StringMap sysctls;
};

using ResourceList = std::map<std::string, Quantity>;

struct Container {
  std::string name, image, image_pull_policy, working_dir;
  std::vector<std::string> command, args;
  std::vector<ContainerPort> ports;
  std::vector<EnvFrom> env_from;
  std::vector<EnvVar> env;
  ResourceList limits, requests;
  std::vector<VolumeMount> mounts;
  SecurityContext security;
  std::string termination_message_path = "/dev/termination-log";
  std::string termination_message_policy = "File";
  std::string restart_policy;  ///< of an init container: "Always" makes it a sidecar
  bool stdin_open = false, stdin_once = false, tty = false;
  bool readiness_probe = false;  ///< has one
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
  std::vector<Container> init_containers, containers;
  std::vector<Volume> volumes;
  std::string node_name, hostname, subdomain, restart_policy = "Always", dns_policy = "ClusterFirst";
  std::string service_account, priority_class, runtime_class;
  std::optional<DnsConfig> dns_config;
  std::vector<HostAlias> host_aliases;
  PodSecurityContext security;
  int64_t termination_grace_seconds = 30;
  std::optional<int64_t> active_deadline_seconds;
  bool host_network = false, host_pid = false, host_ipc = false, share_process_namespace = false;
  bool set_hostname_as_fqdn = false, enable_service_links = true;
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

/// "Guaranteed", "Burstable" or "BestEffort" (limits equal to requests for cpu and memory everywhere, any
/// request or limit, none).
std::string QosClass(const PodSpec& spec);

}  // namespace ordinal::api

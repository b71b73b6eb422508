// The checks of level baseline.
#include <algorithm>

#include "agent/objects/local/admission/pod_security/seccomp.h"
#include "agent/objects/local/admission/pod_security/words.h"

namespace ordinal::objects::pod_security {
namespace {

using api::Json;

constexpr char kAppArmorAnnotation[] = "container.apparmor.security.beta.kubernetes.io/";

bool AllowedAppArmorAnnotation(const std::string& profile) {
  return profile.empty() || profile == "runtime/default" || profile.starts_with("localhost/");
}

Checked AppArmorProfile(const PodRead& pod) {
  Doers doers;
  std::set<std::string> types;
  const auto bad = [&types](const Json& of) {
    const Json& profile = api::Member(SecurityOf(of), "appArmorProfile");
    const std::string type = api::ReadString(profile, "type");
    if (!profile.is_object() || type == "RuntimeDefault" || type == "Localhost") return false;
    types.insert(type);
    return true;
  };
  doers.pod = bad(pod.spec);
  ForEachContainer(pod.spec, [&](const Json& container) {
    if (bad(container)) doers.containers.push_back(NameOf(container));
  });
  Words annotations;
  for (const auto& [key, value] : api::ReadStringMap(pod.metadata, "annotations")) {
    if (key.starts_with(kAppArmorAnnotation) && !AllowedAppArmorAnnotation(value)) {
      annotations.push_back(fmt::format("{}=\"{}\"", key, value));
    }
  }
  Words who, values(types.begin(), types.end());
  if (doers.any()) who.push_back(doers.Text());
  if (!annotations.empty()) who.emplace_back(annotations.size() == 1 ? "annotation" : "annotations");
  values.insert(values.end(), annotations.begin(), annotations.end());
  if (who.empty()) return std::nullopt;
  return Violation{values.size() == 1 ? "forbidden AppArmor profile" : "forbidden AppArmor profiles",
                   fmt::format("{} must not set AppArmor profile type to {}", fmt::join(who, " and "), Quoted(values))};
}

Checked Capabilities(const PodRead& pod) {
  static const std::set<std::string> kAllowed = {"AUDIT_WRITE", "CHOWN",  "DAC_OVERRIDE",     "FOWNER",  "FSETID",
                                                 "KILL",        "MKNOD",  "NET_BIND_SERVICE", "SETFCAP", "SETGID",
                                                 "SETPCAP",     "SETUID", "SYS_CHROOT"};
  Words containers;
  std::set<std::string> added;
  ForEachContainer(pod.spec, [&](const Json& container) {
    bool bad = false;
    for (std::string& each : api::ReadStrings(api::Member(SecurityOf(container), "capabilities"), "add")) {
      if (kAllowed.contains(each)) continue;
      bad = true;
      added.insert(std::move(each));
    }
    if (bad) containers.push_back(NameOf(container));
  });
  if (containers.empty()) return std::nullopt;
  return Violation{"non-default capabilities", fmt::format("{} must not include {} in securityContext.capabilities.add",
                                                           Some("container", containers), Quoted(added))};
}

Checked HostNamespaces(const PodRead& pod) {
  Words shared;
  for (const char* member : {"hostNetwork", "hostPID", "hostIPC"}) {
    if (api::ReadBool(pod.spec, member)) shared.push_back(fmt::format("{}=true", member));
  }
  if (shared.empty()) return std::nullopt;
  return Violation{"host namespaces", fmt::format("{}", fmt::join(shared, ", "))};
}

Checked HostPathVolumes(const PodRead& pod) {
  Words volumes;
  for (const Json& volume : api::Items(pod.spec, "volumes")) {
    if (api::Member(volume, "hostPath").is_object()) volumes.push_back(NameOf(volume));
  }
  if (volumes.empty()) return std::nullopt;
  return Violation{"hostPath volumes", Some("volume", volumes)};
}

Checked HostPorts(const PodRead& pod) {
  Words containers;
  std::set<std::string> ports;
  ForEachContainer(pod.spec, [&](const Json& container) {
    bool bad = false;
    for (const Json& port : api::Items(container, "ports")) {
      if (const int64_t number = api::ReadInt(port, "hostPort"); number != 0) {
        bad = true;
        ports.insert(std::to_string(number));
      }
    }
    if (bad) containers.push_back(NameOf(container));
  });
  if (containers.empty()) return std::nullopt;
  return Violation{"hostPort",
                   fmt::format("{} {} {} {}", Some("container", containers), containers.size() == 1 ? "uses" : "use",
                               ports.size() == 1 ? "hostPort" : "hostPorts", fmt::join(ports, ", "))};
}

/// The hosts that a probe or a hook names.
void AddHosts(const Json& handler, std::set<std::string>& hosts) {
  for (const char* way : {"httpGet", "tcpSocket"}) {
    std::string host = api::ReadString(api::Member(handler, way), "host");
    if (!host.empty()) hosts.insert(std::move(host));
  }
}

Checked HostsOfProbes(const PodRead& pod) {
  std::set<std::string> containers, hosts;
  ForEachContainer(pod.spec, [&](const Json& container) {
    std::set<std::string> named;
    for (const char* probe : {"livenessProbe", "readinessProbe", "startupProbe"}) {
      AddHosts(api::Member(container, probe), named);
    }
    for (const char* hook : {"postStart", "preStop"}) {
      AddHosts(api::Member(api::Member(container, "lifecycle"), hook), named);
    }
    if (!named.empty()) containers.insert(NameOf(container));
    hosts.merge(named);
  });
  if (containers.empty()) return std::nullopt;
  const bool one = containers.size() == 1;
  return Violation{
      "probe or lifecycle host",
      fmt::format("{} {} {} {}", Some("container", Words(containers.begin(), containers.end())), one ? "uses" : "use",
                  hosts.size() == 1 ? "probe or lifecycle host" : "probe or lifecycle hosts", Quoted(hosts))};
}

Checked Privileged(const PodRead& pod) {
  Words containers;
  ForEachContainer(pod.spec, [&](const Json& container) {
    if (api::ReadBool(SecurityOf(container), "privileged")) containers.push_back(NameOf(container));
  });
  if (containers.empty()) return std::nullopt;
  return Violation{"privileged", Some("container", containers) + " must not set securityContext.privileged=true"};
}

Checked ProcMountWithOwnUsers(const PodRead& pod) { return HasOwnUsers(pod) ? std::nullopt : ProcMount(pod); }

Checked SELinux(const PodRead& pod, const std::set<std::string>& allowed) {
  Doers doers;
  std::set<std::string> types;
  bool user = false, role = false;
  const auto bad = [&](const Json& of) {
    const Json& options = api::Member(SecurityOf(of), "seLinuxOptions");
    const std::string type = api::ReadString(options, "type");
    const bool type_bad = !type.empty() && !allowed.contains(type);
    const bool user_set = !api::ReadString(options, "user").empty();
    const bool role_set = !api::ReadString(options, "role").empty();
    if (type_bad) types.insert(type);
    user = user || user_set;
    role = role || role_set;
    return type_bad || user_set || role_set;
  };
  doers.pod = bad(pod.spec);
  ForEachContainer(pod.spec, [&](const Json& container) {
    if (bad(container)) doers.containers.push_back(NameOf(container));
  });
  if (!doers.any()) return std::nullopt;
  Words what;
  if (!types.empty()) what.push_back(Some("type", Words(types.begin(), types.end())));
  if (user) what.emplace_back("user may not be set");
  if (role) what.emplace_back("role may not be set");
  return Violation{"seLinuxOptions", fmt::format("{} set forbidden securityContext.seLinuxOptions: {}", doers.Text(),
                                                 fmt::join(what, "; "))};
}

Checked SELinux0(const PodRead& pod) { return SELinux(pod, {"container_t", "container_init_t", "container_kvm_t"}); }
Checked SELinux31(const PodRead& pod) {
  return SELinux(pod, {"container_t", "container_init_t", "container_kvm_t", "container_engine_t"});
}

constexpr std::string_view kSysctls[] = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ip_local_reserved_ports",  // 1.27
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",  // 1.29
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",  // 1.32
};

Checked Sysctls(const PodRead& pod, size_t known) {
  const auto end = std::begin(kSysctls) + static_cast<std::ptrdiff_t>(known);
  Words forbidden;
  for (const Json& sysctl : api::Items(SecurityOf(pod.spec), "sysctls")) {
    if (std::find(std::begin(kSysctls), end, NameOf(sysctl)) == end) forbidden.push_back(NameOf(sysctl));
  }
  if (forbidden.empty()) return std::nullopt;
  return Violation{"forbidden sysctls", fmt::format("{}", fmt::join(forbidden, ", "))};
}

Checked Sysctls0(const PodRead& pod) { return Sysctls(pod, 5); }
Checked Sysctls27(const PodRead& pod) { return Sysctls(pod, 6); }
Checked Sysctls29(const PodRead& pod) { return Sysctls(pod, 10); }
Checked Sysctls32(const PodRead& pod) { return Sysctls(pod, 12); }

Checked WindowsHostProcess(const PodRead& pod) {
  Doers doers;
  const auto bad = [](const Json& of) {
    return api::ReadBool(api::Member(SecurityOf(of), "windowsOptions"), "hostProcess");
  };
  doers.pod = bad(pod.spec);
  ForEachContainer(pod.spec, [&](const Json& container) {
    if (bad(container)) doers.containers.push_back(NameOf(container));
  });
  if (!doers.any()) return std::nullopt;
  return Violation{"hostProcess", doers.Text() + " must not set securityContext.windowsOptions.hostProcess=true"};
}

constexpr VersionedCheck kAppArmor[] = {{0, AppArmorProfile}};
constexpr VersionedCheck kCapabilities[] = {{0, Capabilities}};
constexpr VersionedCheck kHostNamespaces[] = {{0, HostNamespaces}};
constexpr VersionedCheck kHostPathVolumes[] = {{0, HostPathVolumes}};
constexpr VersionedCheck kHostPorts[] = {{0, HostPorts}};
constexpr VersionedCheck kHostsOfProbes[] = {{34, HostsOfProbes}};
constexpr VersionedCheck kPrivileged[] = {{0, Privileged}};
constexpr VersionedCheck kProcMount[] = {{0, ProcMount}, {35, ProcMountWithOwnUsers}};
constexpr VersionedCheck kSELinux[] = {{0, SELinux0}, {31, SELinux31}};
constexpr VersionedCheck kSeccomp[] = {{0, SeccompAnnotations}, {19, SeccompBaseline}};
constexpr VersionedCheck kSysctlVersions[] = {{0, Sysctls0}, {27, Sysctls27}, {29, Sysctls29}, {32, Sysctls32}};
constexpr VersionedCheck kWindows[] = {{0, WindowsHostProcess}};

constexpr Check kBaseline[] = {
    {"appArmorProfile", kAppArmor},      {"capabilities_baseline", kCapabilities},
    {"hostNamespaces", kHostNamespaces}, {"hostPathVolumes", kHostPathVolumes},
    {"hostPorts", kHostPorts},           {"hostProbesAndHostLifecycle", kHostsOfProbes},
    {"privileged", kPrivileged},         {"procMount", kProcMount},
    {"seLinuxOptions", kSELinux},        {"seccompProfile_baseline", kSeccomp},
    {"sysctls", kSysctlVersions},        {"windowsHostProcess", kWindows},
};

}  // namespace

Checked ProcMount(const PodRead& pod) {
  Words containers;
  std::set<std::string> types;
  ForEachContainer(pod.spec, [&](const Json& container) {
    std::string type = api::ReadString(SecurityOf(container), "procMount", "Default");
    if (type == "Default") return;
    containers.push_back(NameOf(container));
    types.insert(std::move(type));
  });
  if (containers.empty()) return std::nullopt;
  return Violation{"procMount", fmt::format("{} must not set securityContext.procMount to {}",
                                            Some("container", containers), Quoted(types))};
}

std::span<const Check> BaselineChecks() { return kBaseline; }

}  // namespace ordinal::objects::pod_security

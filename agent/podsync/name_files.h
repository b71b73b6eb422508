// What a pod sees of names: hostname, /etc/hosts and the DNS configuration. Pure.
// Formats: recorded kubelet output (tests/data/podsync); the DNS search order of the DNS specification 1.1.0.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "cri/runtime.h"

namespace ordinal::podsync {

/// What the host says about DNS (/etc/resolv.conf), and what the agent adds.
struct DnsSettings {
  std::vector<std::string> cluster_servers;  ///< our own addresses, without ports
  std::string cluster_domain = "cluster.local";
  cri::DnsConfig host;
};

/// Reads nameserver, search (or domain) and options lines; everything else is ignored.
cri::DnsConfig ParseResolvConf(std::string_view text);

/// The pod's hostname: spec.hostname or the pod's name, at most 63 characters (the kernel allows 64).
std::string Hostname(const api::Pod& pod);

/// What the pod itself sees as its host name: spec.hostnameOverride, or its full name where setHostnameAsFQDN says so,
/// or Hostname().
std::string OwnHostname(const api::Pod& pod, const std::string& cluster_domain);
/// kInvalid when that is longer than the kernel's 64 characters.
Status CheckHostname(const api::Pod& pod, const std::string& cluster_domain);

/// "kubia-0.kubia.default.svc.cluster.local", or empty when the pod has no subdomain.
std::string FullyQualifiedName(const api::Pod& pod, const std::string& cluster_domain);

/// dnsPolicy ClusterFirst (and ClusterFirstWithHostNet), Default, None; dnsConfig merged in.
cri::DnsConfig PodDns(const api::Pod& pod, const DnsSettings& settings);

/// The managed /etc/hosts, with hostAliases at the end.
std::string HostsFile(const api::Pod& pod, const std::vector<std::string>& ips, const std::string& cluster_domain);

/// What a pod on the host's network gets instead: a copy of the host's file, with hostAliases at the end.
std::string HostNetworkHostsFile(const api::Pod& pod, const std::string& host_file);

}  // namespace ordinal::podsync

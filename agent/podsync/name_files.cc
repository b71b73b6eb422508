#include "agent/podsync/name_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

namespace ordinal::podsync {
namespace {

constexpr size_t kMaxHostname = 63;
constexpr size_t kKernelsHostname = 64;
// glibc 2.26 and later have no limit on search domains; the API allows 32 (core/v1 validation).
constexpr size_t kMaxSearches = 32;
constexpr size_t kMaxServers = 3;  // resolv.conf(5), MAXNS

void AppendUnique(std::vector<std::string>& to, const std::vector<std::string>& from) {
  for (const std::string& item : from) {
    if (std::find(to.begin(), to.end(), item) == to.end()) to.push_back(item);
  }
}

std::string OptionName(const std::string& option) { return option.substr(0, option.find(':')); }

/// dnsConfig.options win over options of the same name.
void MergeOptions(std::vector<std::string>& to, const api::DnsConfig& config) {
  for (const auto& [name, value] : config.options) {
    std::erase_if(to, [&](const std::string& option) { return OptionName(option) == name; });
    to.push_back(value ? name + ":" + *value : name);
  }
}

cri::DnsConfig ClusterFirst(const api::Pod& pod, const DnsSettings& settings) {
  cri::DnsConfig dns;
  dns.servers = settings.cluster_servers;
  dns.searches = {fmt::format("{}.svc.{}", pod.meta.ns, settings.cluster_domain),
                  fmt::format("svc.{}", settings.cluster_domain), settings.cluster_domain};
  AppendUnique(dns.searches, settings.host.searches);
  dns.options = {"ndots:5"};
  return dns;
}

std::string Aliases(const api::Pod& pod) {
  if (pod.spec.host_aliases.empty()) return {};
  std::string text = "\n# Entries added by HostAliases.\n";
  for (const api::HostAlias& alias : pod.spec.host_aliases) {
    text += fmt::format("{}\t{}\n", alias.ip, fmt::join(alias.hostnames, "\t"));
  }
  return text;
}

}  // namespace

cri::DnsConfig ParseResolvConf(std::string_view text) {
  cri::DnsConfig config;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find_first_of("#;")));
    std::string key;
    words >> key;
    std::vector<std::string> values;
    for (std::string word; words >> word;) values.push_back(word);
    if (key == "nameserver" && !values.empty()) config.servers.push_back(values.front());
    if (key == "search" || key == "domain") config.searches = values;
    if (key == "options") AppendUnique(config.options, values);
  }
  std::erase(config.searches, ".");
  return config;
}

std::string Hostname(const api::Pod& pod) {
  std::string hostname = pod.spec.hostname.empty() ? pod.meta.name : pod.spec.hostname;
  hostname.resize(std::min(hostname.size(), kMaxHostname));
  while (!hostname.empty() && (hostname.back() == '-' || hostname.back() == '.')) hostname.pop_back();
  return hostname;
}

std::string FullyQualifiedName(const api::Pod& pod, const std::string& cluster_domain) {
  if (pod.spec.subdomain.empty()) return {};
  return fmt::format("{}.{}.{}.svc.{}", Hostname(pod), pod.spec.subdomain, pod.meta.ns, cluster_domain);
}

std::string OwnHostname(const api::Pod& pod, const std::string& cluster_domain) {
  if (pod.spec.hostname_override) return *pod.spec.hostname_override;
  std::string full = pod.spec.set_hostname_as_fqdn ? FullyQualifiedName(pod, cluster_domain) : std::string();
  return full.empty() ? Hostname(pod) : full;
}

Status CheckHostname(const api::Pod& pod, const std::string& cluster_domain) {
  const std::string name = OwnHostname(pod, cluster_domain);
  if (pod.spec.host_network || name.size() <= kKernelsHostname) return {};
  return MakeError(ErrorCode::kInvalid,
                   fmt::format("Failed to construct FQDN from Pod hostname and cluster domain, FQDN {} is too long ({} "
                               "characters is the max, {} characters requested)",
                               name, kKernelsHostname, name.size()),
                   "FailedCreatePodSandBox");
}

cri::DnsConfig PodDns(const api::Pod& pod, const DnsSettings& settings) {
  cri::DnsConfig dns;
  const std::string& policy = pod.spec.dns_policy;
  const bool cluster = policy == "ClusterFirstWithHostNet" || (policy == "ClusterFirst" && !pod.spec.host_network);
  if (cluster) {
    dns = ClusterFirst(pod, settings);
  } else if (policy != "None") {
    dns = settings.host;
  }
  if (pod.spec.dns_config) {
    AppendUnique(dns.servers, pod.spec.dns_config->nameservers);
    AppendUnique(dns.searches, pod.spec.dns_config->searches);
    MergeOptions(dns.options, *pod.spec.dns_config);
  }
  dns.servers.resize(std::min(dns.servers.size(), kMaxServers));
  dns.searches.resize(std::min(dns.searches.size(), kMaxSearches));
  return dns;
}

std::string HostsFile(const api::Pod& pod, const std::vector<std::string>& ips, const std::string& cluster_domain) {
  std::string text =
      "# Kubernetes-managed hosts file.\n"
      "127.0.0.1\tlocalhost\n"
      "::1\tlocalhost ip6-localhost ip6-loopback\n"
      "fe00::0\tip6-localnet\n"
      "fe00::0\tip6-mcastprefix\n"
      "fe00::1\tip6-allnodes\n"
      "fe00::2\tip6-allrouters\n";
  const bool overridden = pod.spec.hostname_override.has_value();
  const std::string full = overridden ? std::string() : FullyQualifiedName(pod, cluster_domain);
  const std::string name = overridden ? *pod.spec.hostname_override : Hostname(pod);
  for (const std::string& ip : ips) {
    text += full.empty() ? fmt::format("{}\t{}\n", ip, name) : fmt::format("{}\t{}\t{}\n", ip, full, name);
  }
  return text + Aliases(pod);
}

std::string HostNetworkHostsFile(const api::Pod& pod, const std::string& host_file) {
  return "# Kubernetes-managed hosts file (host network).\n" + host_file + Aliases(pod);
}

}  // namespace ordinal::podsync

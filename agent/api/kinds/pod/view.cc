#include "agent/api/kinds/pod/view.h"

#include <atomic>

#include "agent/api/kinds/pod/read.h"
#include "agent/api/kinds/priority_class/view.h"
#include "agent/api/read.h"
#include "agent/base/bounded_time.h"

namespace ordinal::api {
namespace {

std::atomic<uint64_t> made{0};

Volume ReadVolume(const Json& json) {
  Volume volume;
  volume.name = ReadString(json, "name");
  for (const auto& [member, value] : json.items()) {
    if (member == "name" || value.is_null()) continue;
    volume.source = member;
    volume.spec = value;
  }
  return volume;
}

PodSecurityContext ReadPodSecurity(const Json& json) {
  PodSecurityContext context;
  ReadSecurityContext(json, context);
  context.fs_group = ReadOptional<int64_t>(json, "fsGroup");
  context.fs_group_change_policy = ReadString(json, "fsGroupChangePolicy", context.fs_group_change_policy);
  for (const auto& group : Items(json, "supplementalGroups")) {
    if (group.is_number_integer()) context.supplemental_groups.push_back(group.get<int64_t>());
  }
  context.strict_groups = ReadString(json, "supplementalGroupsPolicy") == "Strict";
  for (const auto& sysctl : Items(json, "sysctls")) {
    context.sysctls[ReadString(sysctl, "name")] = ReadString(sysctl, "value");
  }
  return context;
}

DnsConfig ReadDnsConfig(const Json& json) {
  DnsConfig config{ReadStrings(json, "nameservers"), ReadStrings(json, "searches"), {}};
  for (const auto& option : Items(json, "options")) {
    config.options.emplace_back(ReadString(option, "name"), ReadOptional<std::string>(option, "value"));
  }
  return config;
}

bool Counts(const std::string& resource, const Quantity& amount) {
  return (resource == "cpu" || resource == "memory") && !amount.IsZero() && !amount.IsNegative();
}

void ReadFlags(const Json& json, PodSpec& spec) {
  spec.host_network = ReadBool(json, "hostNetwork");
  spec.host_pid = ReadBool(json, "hostPID");
  spec.host_ipc = ReadBool(json, "hostIPC");
  spec.share_process_namespace = ReadBool(json, "shareProcessNamespace");
  spec.set_hostname_as_fqdn = ReadBool(json, "setHostnameAsFQDN");
  spec.enable_service_links = ReadBool(json, "enableServiceLinks", true);
  spec.host_users = ReadBool(json, "hostUsers", true);
}

}  // namespace

PodSpec ReadPodSpec(const Json& json) {
  PodSpec spec;
  for (const auto& item : Items(json, "initContainers")) spec.init_containers.push_back(ReadContainer(item));
  for (const auto& item : Items(json, "containers")) spec.containers.push_back(ReadContainer(item));
  for (const auto& item : Items(json, "ephemeralContainers")) {
    spec.ephemeral_containers.push_back(ReadContainer(item));
  }
  for (const auto& item : Items(json, "volumes")) spec.volumes.push_back(ReadVolume(item));
  spec.node_name = ReadString(json, "nodeName");
  spec.hostname = ReadString(json, "hostname");
  spec.subdomain = ReadString(json, "subdomain");
  spec.restart_policy = ReadString(json, "restartPolicy", spec.restart_policy);
  spec.dns_policy = ReadString(json, "dnsPolicy", spec.dns_policy);
  spec.service_account = ReadString(json, "serviceAccountName");
  spec.priority_class = ReadString(json, "priorityClassName");
  spec.priority = ReadInt(json, "priority", 0);
  spec.runtime_class = ReadString(json, "runtimeClassName");
  spec.overhead = ReadResourceList(Member(json, "overhead"));
  spec.os = ReadString(Member(json, "os"), "name");
  spec.hostname_override = ReadOptional<std::string>(json, "hostnameOverride");
  if (Member(json, "dnsConfig").is_object()) spec.dns_config = ReadDnsConfig(Member(json, "dnsConfig"));
  for (const auto& alias : Items(json, "hostAliases")) {
    spec.host_aliases.push_back({ReadString(alias, "ip"), ReadStrings(alias, "hostnames")});
  }
  spec.security = ReadPodSecurity(Member(json, "securityContext"));
  spec.limits = ReadResourceList(Member(Member(json, "resources"), "limits"));
  spec.requests = ReadResourceList(Member(Member(json, "resources"), "requests"));
  spec.termination_grace_seconds =
      BoundedSeconds(ReadInt(json, "terminationGracePeriodSeconds", spec.termination_grace_seconds));
  spec.active_deadline_seconds = ReadOptional<int64_t>(json, "activeDeadlineSeconds");
  ReadFlags(json, spec);
  return spec;
}

void ApplyProbePeriods(const std::string& annotation, PodSpec& spec) {
  const auto periods = ParseProbePeriods(annotation);
  if (!periods.ok()) return;  // admission refuses it; of an older object the periods are as they are
  for (const ProbePeriod& each : *periods) {
    for (std::vector<Container>* list : {&spec.containers, &spec.init_containers}) {
      for (Container& container : *list) {
        if (container.name != each.container || !container.probes.of(each.kind)) continue;
        auto changed = std::make_shared<Probe>(*container.probes.of(each.kind));
        changed->period = each.period;
        container.probes.of(each.kind) = std::move(changed);
      }
    }
  }
}

std::string NodeOf(const Json& pod) { return ReadString(Member(pod, "spec"), "nodeName"); }

bool Ended(const Json& pod) {
  const std::string phase = ReadString(Member(pod, "status"), "phase");
  return phase == "Succeeded" || phase == "Failed";
}

Pod Pod::From(const Object& object) {
  made.fetch_add(1, std::memory_order_relaxed);
  Pod pod;
  pod.object = object;
  pod.meta = ReadMeta(object.body());
  pod.spec = ReadPodSpec(Member(object.body(), "spec"));
  const auto periods = pod.meta.annotations.find(kProbePeriods);
  if (periods != pod.meta.annotations.end()) ApplyProbePeriods(periods->second, pod.spec);
  pod.status = ReadPodStatus(Member(object.body(), "status"));
  return pod;
}

uint64_t Pod::Made() { return made.load(std::memory_order_relaxed); }

bool Pod::Ready() const {
  const Condition* ready = FindCondition("Ready");
  return ready != nullptr && ready->status == "True";
}

std::string QosClass(const PodSpec& spec) {
  ResourceList requests, limits;
  bool limited_everywhere = true;
  const auto add = [&](const Container& container) {
    for (const auto& [name, amount] : container.requests) {
      if (Counts(name, amount)) requests[name] = requests[name] + amount;
    }
    size_t limited = 0;
    for (const auto& [name, amount] : container.limits) {
      if (!Counts(name, amount)) continue;
      limits[name] = limits[name] + amount;
      ++limited;
    }
    limited_everywhere = limited_everywhere && limited == 2;
  };
  if (!spec.requests.empty() || !spec.limits.empty()) {
    Container whole;
    whole.requests = spec.requests;
    whole.limits = spec.limits;
    add(whole);
  } else {
    for (const auto& container : spec.containers) add(container);
    for (const auto& container : spec.init_containers) add(container);
  }
  if (requests.empty() && limits.empty()) return "BestEffort";
  return limited_everywhere && requests == limits ? "Guaranteed" : "Burstable";
}

int64_t PriorityOf(const PodSpec& spec) {
  const SystemPriority* const system = FindSystemPriority(spec.priority_class);
  return system == nullptr ? spec.priority : std::max<int64_t>(spec.priority, system->value);
}

}  // namespace ordinal::api

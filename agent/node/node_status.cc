#include "agent/node/node_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ordinal::node {
namespace {

using api::Json;

constexpr int kMostPods = 110;      // the kubelet's default
constexpr size_t kMostImages = 50;  // nodeStatusMaxImages of the kubelet
constexpr int kLeaseSeconds = 40;   // nodeLeaseDurationSeconds of the kubelet

struct ConditionWords {
  std::string type, status, reason, message;
};

const Json& Find(const Json& list, const std::string& type) {
  static const Json kNone;
  for (const Json& item : list) {
    if (api::ReadString(item, "type") == type) return item;
  }
  return kNone;
}

Json Condition(const ConditionWords& words, const Json& before, WallTime now) {
  const Json& old = Find(api::Member(before, "conditions"), words.type);
  const bool same = api::ReadString(old, "status") == words.status && api::ReadString(old, "reason") == words.reason;
  const Json stamp = FormatTime(now);
  return {{"type", words.type},
          {"status", words.status},
          {"reason", words.reason},
          {"message", words.message},
          {"lastHeartbeatTime", same ? api::Member(old, "lastHeartbeatTime") : stamp},
          {"lastTransitionTime",
           api::ReadString(old, "status") == words.status ? api::Member(old, "lastTransitionTime") : stamp}};
}

/// What kubectl describe and alerts know (pkg/kubelet/nodestatus/setters.go).
struct PressureWords {
  const char *type, *taint;
  ConditionWords with, without;
};

const std::map<Pressure, PressureWords>& AllPressures() {
  static const std::map<Pressure, PressureWords> kAll{
      {Pressure::kMemory,
       {"MemoryPressure",
        "node.kubernetes.io/memory-pressure",
        {"MemoryPressure", "True", "KubeletHasInsufficientMemory", "kubelet has insufficient memory available"},
        {"MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"}}},
      {Pressure::kDisk,
       {"DiskPressure",
        "node.kubernetes.io/disk-pressure",
        {"DiskPressure", "True", "KubeletHasDiskPressure", "kubelet has disk pressure"},
        {"DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"}}},
      {Pressure::kPid,
       {"PIDPressure",
        "node.kubernetes.io/pid-pressure",
        {"PIDPressure", "True", "KubeletHasInsufficientPID", "kubelet has insufficient PID available"},
        {"PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"}}},
  };
  return kAll;
}

constexpr const char* kNotReadyTaint = "node.kubernetes.io/not-ready";

bool Has(const NodeFacts& facts, Pressure pressure) {
  return facts.pressures.contains(pressure) || (pressure == Pressure::kDisk && !facts.disk_pressure.empty());
}

/// Keys of the taints that are set and taken away here, and whether they are wanted.
std::map<std::string, bool> OwnTaints(const NodeFacts& facts) {
  std::map<std::string, bool> own{{kNotReadyTaint, facts.shutting_down}};
  for (const auto& [pressure, words] : AllPressures()) own[words.taint] = Has(facts, pressure);
  return own;
}

Json Conditions(const NodeFacts& facts, const Json& before, WallTime now) {
  const bool ready = facts.not_ready.empty();
  std::vector<ConditionWords> all;
  for (const auto& [pressure, words] : AllPressures()) {
    all.push_back(Has(facts, pressure) ? words.with : words.without);
    if (pressure == Pressure::kDisk && !facts.disk_pressure.empty()) all.back().message = facts.disk_pressure;
  }
  all.push_back({"Ready", ready ? "True" : "False", ready ? "KubeletReady" : "KubeletNotReady",
                 ready ? "ordinald runs pods" : facts.not_ready});
  Json out = Json::array();
  for (const ConditionWords& words : all) out.push_back(Condition(words, before, now));
  return out;
}

/// "hugepages-2Mi" of 2097152.
std::string HugepageResource(int64_t size) {
  constexpr int64_t kKi = 1024;
  const char* unit = "Ki";
  size /= kKi;
  for (const char* larger : {"Mi", "Gi"}) {
    if (size % kKi != 0 || size == 0) break;
    size /= kKi;
    unit = larger;
  }
  return fmt::format("hugepages-{}{}", size, unit);
}

/// Capacity; of what pods may have, huge pages are no ordinary memory.
Json Resources(const NodeFacts& facts, bool allocatable) {
  const std::string cpu =
      facts.cpu_milli % 1000 == 0 ? fmt::format("{}", facts.cpu_milli / 1000) : fmt::format("{}m", facts.cpu_milli);
  int64_t memory = facts.memory_bytes;
  Json out{{"cpu", cpu},
           {"ephemeral-storage", fmt::format("{}Ki", facts.disk_bytes / 1024)},
           {"pods", std::to_string(kMostPods)}};
  for (const auto& [size, bytes] : facts.hugepages) {
    out[HugepageResource(size)] = bytes == 0 ? "0" : fmt::format("{}Ki", bytes / 1024);
    if (allocatable) memory -= std::min(memory, bytes);
  }
  out["memory"] = fmt::format("{}Ki", memory / 1024);
  return out;
}

Json Images(const NodeFacts& facts) {
  Json out = Json::array();
  for (const ImageFacts& image : facts.images) {
    if (out.size() == kMostImages) break;
    out.push_back({{"names", image.names}, {"sizeBytes", image.bytes}});
  }
  return out;
}

/// What the runtime does not tell is not there (pkg/kubelet/nodestatus/setters.go: RuntimeHandlers, NodeFeatures).
void AddFeatures(const NodeFacts& facts, Json& status) {
  Json handlers = Json::array();
  for (const auto& [name, features] : facts.handlers) {
    handlers.push_back({{"name", name},
                        {"features",
                         {{"recursiveReadOnlyMounts", features.recursive_read_only_mounts},
                          {"userNamespaces", features.user_namespaces}}}});
  }
  if (!handlers.empty()) status["runtimeHandlers"] = std::move(handlers);
  if (facts.strict_groups) status["features"] = {{"supplementalGroupsPolicy", *facts.strict_groups}};
}

}  // namespace

Json NewNode(const NodeFacts& facts) {
  return {
      {"apiVersion", "v1"},
      {"kind", "Node"},
      {"metadata",
       {{"name", facts.name},
        {"labels",
         {{"kubernetes.io/hostname", facts.name}, {"kubernetes.io/os", "linux"}, {"kubernetes.io/arch", "amd64"}}}}},
      {"spec", Json::object()}};
}

Json NodeStatus(const NodeFacts& facts, const Json& before, WallTime now) {
  Json addresses = Json::array();
  for (const std::string& address : facts.addresses) {
    addresses.push_back({{"type", "InternalIP"}, {"address", address}});
  }
  addresses.push_back({{"type", "Hostname"}, {"address", facts.name}});
  Json status = {{"addresses", std::move(addresses)},
                 {"capacity", Resources(facts, /*allocatable=*/false)},
                 {"allocatable", Resources(facts, /*allocatable=*/true)},
                 {"conditions", Conditions(facts, before, now)},
                 {"images", Images(facts)},
                 {"nodeInfo",
                  {{"architecture", "amd64"},
                   {"operatingSystem", "linux"},
                   {"kernelVersion", facts.kernel},
                   {"osImage", facts.os_image},
                   {"containerRuntimeVersion", facts.runtime_version},
                   {"kubeletVersion", facts.agent_version},
                   {"kubeProxyVersion", ""},
                   {"machineID", facts.machine_id},
                   {"systemUUID", facts.machine_id},
                   {"bootID", facts.boot_id}}}};
  status["daemonEndpoints"] = {{"kubeletEndpoint", {{"Port", facts.api_port}}}};
  AddFeatures(facts, status);
  return status;
}

std::vector<std::string> PressureEvents(const Json& before, const Json& after) {
  constexpr std::string_view kOfConditions = "Kubelet", kOfEvents = "Node";
  std::vector<std::string> reasons;
  for (const auto& [pressure, words] : AllPressures()) {
    const Json& was = Find(api::Member(before, "conditions"), words.type);
    const Json& is = Find(api::Member(after, "conditions"), words.type);
    const std::string status = api::ReadString(was, "status");
    if (status.empty() || status == api::ReadString(is, "status")) continue;
    reasons.push_back(std::string(kOfEvents) + api::ReadString(is, "reason").substr(kOfConditions.size()));
  }
  return reasons;
}

Json NodeTaints(const NodeFacts& facts, const Json& before, WallTime now) {
  std::map<std::string, bool> own = OwnTaints(facts);
  Json taints = Json::array();
  for (const Json& taint : before) {
    const auto ours = own.find(api::ReadString(taint, "key"));
    const bool mine = ours != own.end() && api::ReadString(taint, "effect") == "NoSchedule";
    if (mine && !ours->second) continue;
    if (mine) ours->second = false;  // it is there
    taints.push_back(taint);
  }
  for (const auto& [key, wanted] : own) {
    if (wanted) taints.push_back({{"key", key}, {"effect", "NoSchedule"}, {"timeAdded", FormatTime(now)}});
  }
  return taints;
}

bool HeartbeatDue(const Json& status, WallTime now) {
  const Json& conditions = api::Member(status, "conditions");
  return std::any_of(conditions.begin(), conditions.end(), [&](const Json& condition) {
    const auto seen = api::ReadTime(condition, "lastHeartbeatTime");
    // A clock that was set back makes it due too, or the node would seem gone until the time comes again.
    return !seen || now - *seen >= kHeartbeatInterval || *seen > now;
  });
}

void Beat(WallTime now, Json& status) {
  const Json stamp = FormatTime(now);
  for (Json& condition : status["conditions"]) condition["lastHeartbeatTime"] = stamp;
}

bool OnlyHeartbeat(const api::Object& before, const api::Object& now) {
  if (now.kind() != "Node" || before.empty()) return false;
  Json then = before.body(), next = now.body();
  for (Json* body : {&then, &next}) {
    (*body)["metadata"].erase("resourceVersion");
    if (!api::Member(api::Member(*body, "status"), "conditions").is_array()) return false;
    for (Json& condition : (*body)["status"]["conditions"]) {
      if (condition.is_object()) condition.erase("lastHeartbeatTime");
    }
  }
  return then == next;
}

Json NodeLease(const api::Object& node, const Json& before, WallTime now) {
  Json lease = before;
  if (!lease.is_object()) {
    lease = {{"apiVersion", "coordination.k8s.io/v1"}, {"kind", "Lease"}};
    lease["metadata"] = {{"name", node.name()}, {"namespace", kLeaseNamespace}};
  }
  lease["metadata"]["ownerReferences"] =
      Json::array({{{"apiVersion", "v1"}, {"kind", "Node"}, {"name", node.name()}, {"uid", node.uid()}}});
  Json& spec = lease["spec"];
  spec["holderIdentity"] = node.name();
  spec["leaseDurationSeconds"] = kLeaseSeconds;
  spec["renewTime"] = FormatMicroTime(now);
  return lease;
}

}  // namespace ordinal::node

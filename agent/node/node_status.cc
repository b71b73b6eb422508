#include "agent/node/node_status.h"

#include <fmt/format.h>

#include <algorithm>

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

Json Conditions(const NodeFacts& facts, const Json& before, WallTime now) {
  const bool ready = facts.not_ready.empty(), full = !facts.disk_pressure.empty();
  const std::vector<ConditionWords> all = {
      {"MemoryPressure", "False", "KubeletHasSufficientMemory", "memory pressure is not measured"},
      {"DiskPressure", full ? "True" : "False", full ? "KubeletHasDiskPressure" : "KubeletHasNoDiskPressure",
       full ? facts.disk_pressure : "the disk of the state directory has room"},
      {"PIDPressure", "False", "KubeletHasSufficientPID", "pressure on process ids is not measured"},
      {"Ready", ready ? "True" : "False", ready ? "KubeletReady" : "KubeletNotReady",
       ready ? "ordinald runs pods" : facts.not_ready},
  };
  Json out = Json::array();
  for (const ConditionWords& words : all) out.push_back(Condition(words, before, now));
  return out;
}

Json Resources(const NodeFacts& facts) {
  const std::string cpu =
      facts.cpu_milli % 1000 == 0 ? fmt::format("{}", facts.cpu_milli / 1000) : fmt::format("{}m", facts.cpu_milli);
  return {{"cpu", cpu},
          {"memory", fmt::format("{}Ki", facts.memory_bytes / 1024)},
          {"ephemeral-storage", fmt::format("{}Ki", facts.disk_bytes / 1024)},
          {"pods", std::to_string(kMostPods)}};
}

Json Images(const NodeFacts& facts) {
  Json out = Json::array();
  for (const ImageFacts& image : facts.images) {
    if (out.size() == kMostImages) break;
    out.push_back({{"names", image.names}, {"sizeBytes", image.bytes}});
  }
  return out;
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
  return {{"addresses", std::move(addresses)},
          {"capacity", Resources(facts)},
          {"allocatable", Resources(facts)},
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

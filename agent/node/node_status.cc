#include "agent/node/node_status.h"

#include <fmt/format.h>

namespace ordinal::node {
namespace {

using api::Json;

constexpr int kMostPods = 110;      // the kubelet's default
constexpr size_t kMostImages = 50;  // nodeStatusMaxImages of the kubelet

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
  const bool ready = facts.not_ready.empty();
  const std::vector<ConditionWords> all = {
      {"MemoryPressure", "False", "KubeletHasSufficientMemory", "memory pressure is not measured"},
      {"DiskPressure", "False", "KubeletHasNoDiskPressure", "disk pressure is not measured"},
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

}  // namespace ordinal::node

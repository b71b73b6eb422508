#include "agent/controllers/placement/fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/bounded_time.h"
#include "agent/controllers/placement/tolerations.h"

namespace ordinal::controllers::placement {
namespace {

using api::Json;
using api::Quantity;

constexpr const char* kUnschedulableTaint = "node.kubernetes.io/unschedulable";

const Json& Tolerations(const api::Pod& pod) {
  return api::Member(api::Member(pod.object.body(), "spec"), "tolerations");
}

std::string Show(const std::string& resource, const Quantity& quantity) {
  if (resource == "cpu") return fmt::format("{}m", quantity.MilliValue());
  if (resource == "memory" || resource == "ephemeral-storage") return fmt::format("{}Mi", quantity.Value() >> 20);
  return std::to_string(quantity.Value());
}

void AddResources(const Footprint& own, const Surroundings& around, std::vector<std::string>& reasons) {
  if (around.node.allocatable.empty()) return;  // the node has not said what it has
  for (const auto& [name, wanted] : own.requests) {
    if (wanted.IsZero()) continue;
    const auto found = around.node.allocatable.find(name);
    const Quantity room = found == around.node.allocatable.end() ? Quantity() : found->second;
    const Quantity taken = around.others.Taken(name);
    if (taken + wanted <= room) continue;
    if (name == "pods") {
      reasons.push_back(fmt::format("Too many pods ({} at most)", room.Value()));
    } else {
      reasons.push_back(fmt::format("Insufficient {} ({} asked, {} of {} taken)", name, Show(name, wanted),
                                    Show(name, taken), Show(name, room)));
    }
  }
}

constexpr const char* kNoFreePorts = "node(s) didn't have free ports for the requested pod ports";

void AddPorts(const Footprint& own, const Neighbours& others, std::vector<std::string>& reasons) {
  for (const api::ContainerPort& port : own.ports) {
    for (const std::string& key : others.with_ports()) {
      const std::vector<api::ContainerPort>& ports = others.At(key).ports;
      const bool taken = std::any_of(ports.begin(), ports.end(),
                                     [&](const api::ContainerPort& theirs) { return api::Collide(port, theirs); });
      if (!taken) continue;
      reasons.push_back(fmt::format("{} ({}/{} is pod {}'s)", kNoFreePorts, port.host_port, port.protocol, key));
      return;
    }
  }
}

void AddTaints(const api::Pod& pod, const NodeView& node, std::vector<std::string>& reasons) {
  const Json cordoned{{"key", kUnschedulableTaint}, {"effect", "NoSchedule"}};
  if (node.unschedulable && !ToleratesAny(Tolerations(pod), cordoned)) {
    reasons.push_back(fmt::format("node(s) were unschedulable (kubectl uncordon {})", node.name));
  }
  if (const Json* taint = UntoleratedTaint(Tolerations(pod), node.taints, {"NoSchedule", "NoExecute"})) {
    reasons.push_back(fmt::format("node(s) had untolerated taint {{{}: {}}}", api::ReadString(*taint, "key"),
                                  api::ReadString(*taint, "value")));
  }
}

}  // namespace

std::optional<Duration> EvictedAfter(const api::Pod& pod, const NodeView& node) {
  std::optional<Duration> soonest;
  for (const Json& taint : node.taints) {
    if (api::ReadString(taint, "effect") != "NoExecute") continue;
    std::optional<Duration> after;
    bool tolerated = false;
    for (const Json& toleration : Tolerations(pod)) {
      if (!Tolerates(toleration, taint)) continue;
      tolerated = true;
      if (!toleration.contains("tolerationSeconds")) continue;
      const Duration patience = BoundedDuration(std::max<int64_t>(0, api::ReadInt(toleration, "tolerationSeconds")));
      after = std::min(after.value_or(patience), patience);
    }
    if (!tolerated) return Duration::zero();
    if (after) soonest = std::min(soonest.value_or(*after), *after);
  }
  return soonest;
}

std::string ExplainMisfit(const api::Pod& pod, const Surroundings& around) {
  const Footprint own = Footprint::Of(pod);
  std::vector<std::string> reasons;
  AddTaints(pod, around.node, reasons);
  if (!WantsNode(pod, around.node)) reasons.emplace_back("node(s) didn't match Pod's node affinity/selector");
  for (const api::Ref<api::PersistentVolume>& volume : around.volumes) {
    const Json& required = api::Member(volume->node_affinity, "required");
    if (required.is_null() || MatchesNode(required, around.node)) continue;
    reasons.push_back(fmt::format("node(s) had volume node affinity conflict ({})", volume->meta.name));
  }
  if (const std::string taken = api::TakenPortOf(pod.spec, around.node.own_ports); !taken.empty()) {
    reasons.push_back(fmt::format("{} ({})", kNoFreePorts, taken));
  } else {
    AddPorts(own, around.others, reasons);
  }
  AddResources(own, around, reasons);
  std::string apart = PodAffinityObstacle(pod, around.node, around.others, around.labels_of);
  if (!apart.empty()) reasons.push_back(std::move(apart));
  std::string spread = SpreadObstacle(pod, around.node, around.others);
  if (!spread.empty()) reasons.push_back(std::move(spread));
  if (reasons.empty()) return {};
  std::string text;
  for (const std::string& reason : reasons) text += (text.empty() ? "1 " : ", 1 ") + reason;
  return fmt::format("0/1 nodes are available: {}.", text);
}

}  // namespace ordinal::controllers::placement

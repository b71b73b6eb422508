#include "agent/controllers/placement/node_view.h"

#include <algorithm>

#include "agent/api/kinds/pod/resources.h"
#include "agent/api/kinds/pod/status_merge.h"

namespace ordinal::controllers::placement {
namespace {

using api::Json;
using api::ResourceList;

/// Until a resize is done the node has to have room for the larger of what was and what is asked for. One that it can
/// never make asks for nothing (component-helpers/resource, determineContainerReqs).
void CountResizes(const api::Pod& pod, api::PodSpec& spec) {
  const api::Condition* pending = pod.FindCondition(api::kPodResizePending);
  const bool infeasible = pending != nullptr && pending->reason == "Infeasible";
  const auto count = [infeasible](std::vector<api::Container>& containers,
                                  const std::vector<api::ContainerStatus>& statuses) {
    for (api::Container& container : containers) {
      const auto status = std::find_if(statuses.begin(), statuses.end(),
                                       [&](const api::ContainerStatus& each) { return each.name == container.name; });
      if (status == statuses.end()) continue;
      for (const auto& [name, text] : status->allocated) {
        const auto allocated = api::Quantity::Parse(text);
        if (!allocated.ok()) continue;
        api::Quantity& wanted = container.requests[name];
        wanted = infeasible ? *allocated : std::max(wanted, *allocated);
      }
    }
  };
  count(spec.containers, pod.status.container_statuses);
  count(spec.init_containers, pod.status.init_container_statuses);
}

/// The same of a pod that has resources as a whole: what it was given of the node is told as one.
ResourceList NeedsOfWhole(const api::Pod& pod) {
  const api::Condition* pending = pod.FindCondition(api::kPodResizePending);
  const bool infeasible = pending != nullptr && pending->reason == "Infeasible";
  ResourceList needs = api::RequestsOf(pod.spec);
  for (const auto& [name, text] : pod.status.allocated) {
    const auto allocated = api::Quantity::Parse(text);
    if (!allocated.ok()) continue;
    api::Quantity& wanted = needs[name];
    wanted = infeasible ? *allocated : std::max(wanted, *allocated);
  }
  return needs;
}

/// Statuses that show no resources are most of them: no copy is made for those.
ResourceList NeedsOf(const api::Pod& pod) {
  if (!pod.status.allocated.empty()) return NeedsOfWhole(pod);
  const auto shows = [](const api::ContainerStatus& status) { return !status.allocated.empty(); };
  const auto& mains = pod.status.container_statuses;
  const auto& inits = pod.status.init_container_statuses;
  if (std::none_of(mains.begin(), mains.end(), shows) && std::none_of(inits.begin(), inits.end(), shows)) {
    return api::RequestsOf(pod.spec);
  }
  api::PodSpec spec = pod.spec;
  CountResizes(pod, spec);
  return api::RequestsOf(spec);
}

}  // namespace

NodeView NodeView::From(const api::Node& node) {
  NodeView view;
  view.name = node.meta.name;
  view.labels = node.meta.labels;
  view.taints = node.taints;
  view.unschedulable = node.unschedulable;
  view.allocatable = node.allocatable;
  return view;
}

Footprint Footprint::Of(const api::Pod& pod) {
  Footprint out;
  out.ns = pod.meta.ns;
  out.name = pod.meta.name;
  out.labels = pod.meta.labels;
  out.requests = NeedsOf(pod);
  out.requests["pods"] = *api::Quantity::Parse("1");
  out.ports = api::HostPortsOf(pod.spec);
  const Json& affinity = api::Member(api::Member(pod.object.body(), "spec"), "affinity");
  out.anti_affinity =
      api::Member(api::Member(affinity, "podAntiAffinity"), "requiredDuringSchedulingIgnoredDuringExecution");
  return out;
}

void Neighbours::Put(const std::string& key, Footprint footprint) {
  Drop(key);
  for (const auto& [name, quantity] : footprint.requests) taken_[name].Add(quantity);
  if (!footprint.ports.empty()) with_ports_.insert(key);
  if (!footprint.anti_affinity.empty()) with_anti_affinity_.insert(key);
  all_.emplace(key, std::move(footprint));
}

bool Neighbours::Drop(const std::string& key) {
  const auto found = all_.find(key);
  if (found == all_.end()) return false;
  for (const auto& [name, quantity] : found->second.requests) taken_[name].Take(quantity);
  with_ports_.erase(key);
  with_anti_affinity_.erase(key);
  all_.erase(found);
  return true;
}

api::Quantity Neighbours::Taken(const std::string& resource) const {
  const auto found = taken_.find(resource);
  return found == taken_.end() ? api::Quantity() : found->second.Total();
}

}  // namespace ordinal::controllers::placement

#include "agent/controllers/placement/node_view.h"

#include <algorithm>

#include "agent/api/kinds/pod/resources.h"
#include "agent/api/kinds/pod/status_merge.h"

namespace ordinal::controllers::placement {
namespace {

using api::Json;
using api::ResourceList;

/// The node said that it can never make what the pod asks for.
bool IsInfeasible(const api::Pod& pod) {
  const api::Condition* pending = pod.FindCondition(api::kPodResizePending);
  return pending != nullptr && pending->reason == "Infeasible";
}

/// The larger of what is asked for and what was given; of a resize that can never be made what was given alone.
void Count(const api::StringMap& allocated, bool infeasible, ResourceList& requests) {
  for (const auto& [name, text] : allocated) {
    const auto given = api::Quantity::Parse(text);
    if (!given.ok()) continue;
    api::Quantity& wanted = requests[name];
    wanted = infeasible ? *given : std::max(wanted, *given);
  }
}

/// What a resize asks for that was not there before is not in `allocated` at all.
void DropUngiven(const api::StringMap& allocated, ResourceList& requests) {
  std::erase_if(requests, [&allocated](const auto& item) { return !allocated.contains(item.first); });
}

void CountResizes(const std::vector<api::ContainerStatus>& statuses, bool infeasible,
                  std::vector<api::Container>& containers) {
  for (api::Container& container : containers) {
    const auto status = std::find_if(statuses.begin(), statuses.end(),
                                     [&](const api::ContainerStatus& each) { return each.name == container.name; });
    if (status == statuses.end()) continue;
    if (infeasible) DropUngiven(status->allocated, container.requests);
    Count(status->allocated, infeasible, container.requests);
  }
}

/// Statuses that show no resources are most of them.
bool ShowsAllocated(const api::PodStatus& status) {
  const auto shows = [](const api::ContainerStatus& each) { return !each.allocated.empty(); };
  const auto& mains = status.container_statuses;
  const auto& inits = status.init_container_statuses;
  return !status.allocated.empty() || std::any_of(mains.begin(), mains.end(), shows) ||
         std::any_of(inits.begin(), inits.end(), shows);
}

/// Until a resize is done the node has to have room for the larger of what was and what is asked for. One that it can
/// never make asks for nothing (component-helpers/resource, determineContainerReqs). What a pod that has resources as a
/// whole was given of the node is told as one, its overhead with it.
ResourceList NeedsOf(const api::Pod& pod) {
  const bool infeasible = IsInfeasible(pod);
  if (!infeasible && !ShowsAllocated(pod.status)) return api::RequestsOf(pod.spec);
  api::PodSpec spec = pod.spec;
  CountResizes(pod.status.container_statuses, infeasible, spec.containers);
  CountResizes(pod.status.init_container_statuses, infeasible, spec.init_containers);
  if (infeasible) DropUngiven(pod.status.allocated, spec.requests);
  ResourceList needs = api::RequestsOf(spec);
  Count(pod.status.allocated, infeasible, needs);
  return needs;
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
  const Json& spec = api::Member(pod.object.body(), "spec");
  out.priority = api::ReadInt(spec, "priority");
  const Json& affinity = api::Member(spec, "affinity");
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

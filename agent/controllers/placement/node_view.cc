#include "agent/controllers/placement/node_view.h"

#include <algorithm>

namespace ordinal::controllers::placement {
namespace {

using api::Json;
using api::ResourceList;

void Add(ResourceList& total, const ResourceList& more) {
  for (const auto& [name, quantity] : more) total[name] = total[name] + quantity;
}

void Raise(ResourceList& total, const ResourceList& least) {
  for (const auto& [name, quantity] : least) total[name] = std::max(total[name], quantity);
}

ResourceList RequestsOf(const api::PodSpec& spec) {
  ResourceList sidecars, peak;
  for (const api::Container& container : spec.init_containers) {
    ResourceList now = sidecars;
    Add(now, container.requests);
    if (container.restart_policy == "Always") sidecars = now;
    Raise(peak, now);
  }
  ResourceList running = sidecars;
  for (const api::Container& container : spec.containers) Add(running, container.requests);
  Raise(running, peak);
  return running;
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
  out.requests = RequestsOf(pod.spec);
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

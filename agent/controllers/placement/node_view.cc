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

NodeView NodeView::From(const api::Object& node) {
  NodeView view;
  const Json& metadata = api::Member(node.body(), "metadata");
  const Json& spec = api::Member(node.body(), "spec");
  view.name = node.name();
  view.labels = api::ReadStringMap(metadata, "labels");
  if (const Json& taints = api::Member(spec, "taints"); taints.is_array()) view.taints = taints;
  view.unschedulable = api::ReadBool(spec, "unschedulable");
  const auto allocatable = api::ReadStringMap(api::Member(node.body(), "status"), "allocatable");
  for (const auto& [name, text] : allocatable) {
    if (const auto quantity = api::Quantity::Parse(text); quantity.ok()) view.allocatable[name] = *quantity;
  }
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

}  // namespace ordinal::controllers::placement

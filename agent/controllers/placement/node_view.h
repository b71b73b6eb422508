// What placement reads of the Node object and of the pods that are on the node. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/api/kinds/node/view.h"
#include "agent/api/kinds/pod/host_ports.h"
#include "agent/api/kinds/pod/view.h"

namespace ordinal::controllers::placement {

struct NodeView {
  std::string name;
  api::StringMap labels;
  api::Json taints = api::Json::array();  ///< spec.taints
  bool unschedulable = false;             ///< spec.unschedulable: kubectl cordon
  api::ResourceList allocatable;          ///< status.allocatable, "pods" among them
  std::vector<api::TakenPort> own_ports;  ///< where the agent itself listens

  static NodeView From(const api::Node& node);
};

/// What one pod takes of its node, and what others may say about it.
struct Footprint {
  std::string ns, name;
  api::StringMap labels;
  api::ResourceList requests;             ///< of the whole pod; "pods" is 1
  std::vector<api::ContainerPort> ports;  ///< those with a host port
  api::Json anti_affinity;                ///< required pod anti-affinity terms
  int64_t priority = 0;                   ///< spec.priority

  /// Requests are the larger of what the containers need together and what an init container needs while it runs
  /// (component-helpers/resource: PodRequests), and its overhead.
  static Footprint Of(const api::Pod& pod);
};

/// What is on the node, by "namespace/name", and what it takes together: kept, not counted anew for every pod that
/// wants to join. Pods that have ended take nothing and are not in it.
class Neighbours {
 public:
  using Map = std::map<std::string, Footprint>;

  void Put(const std::string& key, Footprint footprint);
  /// Whether it was there.
  bool Drop(const std::string& key);
  bool Has(const std::string& key) const { return all_.contains(key); }
  Map::const_iterator begin() const { return all_.begin(); }
  Map::const_iterator end() const { return all_.end(); }

  /// What all of them request of a resource.
  api::Quantity Taken(const std::string& resource) const;
  /// The keys of those with host ports, and of those with required anti-affinity.
  const std::set<std::string>& with_ports() const { return with_ports_; }
  const std::set<std::string>& with_anti_affinity() const { return with_anti_affinity_; }
  const Footprint& At(const std::string& key) const { return all_.at(key); }

 private:
  Map all_;
  std::map<std::string, api::Quantity::Sum> taken_;
  std::set<std::string> with_ports_, with_anti_affinity_;
};

}  // namespace ordinal::controllers::placement

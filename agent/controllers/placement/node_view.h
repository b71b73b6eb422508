// What placement reads of the Node object and of the pods that are on the node. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/api/host_ports.h"
#include "agent/api/pod.h"

namespace ordinal::controllers::placement {

struct NodeView {
  std::string name;
  api::StringMap labels;
  api::Json taints = api::Json::array();  ///< spec.taints
  bool unschedulable = false;             ///< spec.unschedulable: kubectl cordon
  api::ResourceList allocatable;          ///< status.allocatable, "pods" among them
  std::vector<api::TakenPort> own_ports;  ///< where the agent itself listens

  static NodeView From(const api::Object& node);
};

/// What one pod takes of its node, and what others may say about it.
struct Footprint {
  std::string ns, name;
  api::StringMap labels;
  api::ResourceList requests;             ///< of the whole pod; "pods" is 1
  std::vector<api::ContainerPort> ports;  ///< those with a host port
  api::Json anti_affinity;                ///< required pod anti-affinity terms

  /// Requests are the larger of what the containers need together and what an init container needs while it runs
  /// (component-helpers/resource: PodRequests).
  static Footprint Of(const api::Pod& pod);
};

/// By "namespace/name". Pods that have ended take nothing and are not in it.
using Neighbours = std::map<std::string, Footprint>;

}  // namespace ordinal::controllers::placement

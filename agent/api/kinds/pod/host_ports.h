// Ports of the host that pods ask for, and who has them. Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"

namespace ordinal::api {

/// A port of the host that is no pod's.
struct TakenPort {
  ContainerPort port;  ///< host_ip, host_port and protocol count
  std::string by;      ///< "the Kubernetes API of this agent"
};

/// The ports with a hostPort of the pod's containers, those of sidecars included.
std::vector<ContainerPort> HostPortsOf(const PodSpec& spec);

/// Both cannot be had at once: the same port and protocol, on the same address or on all of them.
bool Collide(const ContainerPort& one, const ContainerPort& other);

/// Why the pod cannot have one of its ports: "6443/TCP is taken by …"; empty when none of them is taken.
std::string TakenPortOf(const PodSpec& spec, const std::vector<TakenPort>& taken);

}  // namespace ordinal::api

#include "agent/api/kinds/pod/host_ports.h"

#include <fmt/format.h>

namespace ordinal::api {
namespace {

bool AnyAddress(const std::string& address) { return address.empty() || address == "0.0.0.0" || address == "::"; }

}  // namespace

std::vector<ContainerPort> HostPortsOf(const PodSpec& spec) {
  std::vector<ContainerPort> ports;
  for (const auto* containers : {&spec.init_containers, &spec.containers}) {
    for (const Container& container : *containers) {
      if (containers == &spec.init_containers && container.restart_policy != "Always") continue;
      for (const ContainerPort& port : container.ports) {
        if (port.host_port != 0) ports.push_back(port);
      }
    }
  }
  return ports;
}

bool Collide(const ContainerPort& one, const ContainerPort& other) {
  const bool addresses = one.host_ip == other.host_ip || AnyAddress(one.host_ip) || AnyAddress(other.host_ip);
  return one.host_port == other.host_port && one.protocol == other.protocol && addresses;
}

std::string TakenPortOf(const PodSpec& spec, const std::vector<TakenPort>& taken) {
  for (const ContainerPort& port : HostPortsOf(spec)) {
    for (const TakenPort& each : taken) {
      if (!Collide(port, each.port)) continue;
      return fmt::format("{}/{} is taken by {}: use another hostPort, or a hostIP where it does not listen",
                         port.host_port, port.protocol, each.by);
    }
  }
  return {};
}

}  // namespace ordinal::api

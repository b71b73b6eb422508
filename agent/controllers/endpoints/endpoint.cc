#include "agent/controllers/endpoints/endpoint.h"

namespace ordinal::controllers::endpoints {
namespace {

using api::Json;

std::string AddressOf(const api::Pod& pod, const std::string& family) {
  for (const std::string& address : pod.status.pod_ips) {
    if (FamilyOf(address) == family) return address;
  }
  const std::string& first = pod.status.pod_ip;
  return !first.empty() && FamilyOf(first) == family ? first : std::string();
}

/// 0 when no container of the pod has such a port.
int32_t NumberOf(const api::Pod& pod, const api::ServicePort& port) {
  if (const auto* number = std::get_if<int32_t>(&port.target_port)) return *number == 0 ? port.port : *number;
  const std::string& name = std::get<std::string>(port.target_port);
  for (const auto* containers : {&pod.spec.containers, &pod.spec.init_containers}) {
    for (const api::Container& container : *containers) {
      // Of init containers only sidecars serve while the pod runs.
      if (containers == &pod.spec.init_containers && container.restart_policy != "Always") continue;
      for (const api::ContainerPort& candidate : container.ports) {
        if (candidate.name == name && candidate.protocol == port.protocol) return candidate.container_port;
      }
    }
  }
  return 0;
}

}  // namespace

std::string FamilyOf(const std::string& address) { return address.find(':') == std::string::npos ? "IPv4" : "IPv6"; }

std::vector<std::string> FamiliesOf(const api::Service& service) {
  auto families = api::ReadStrings(api::Member(service.object.body(), "spec"), "ipFamilies");
  if (families.empty()) families.emplace_back("IPv4");
  return families;
}

std::optional<Json> BuildEndpoint(const api::Service& service, const api::Pod& pod, const std::string& family) {
  if (pod.Terminal()) return std::nullopt;
  const std::string address = AddressOf(pod, family);
  if (address.empty()) return std::nullopt;
  const bool serving = pod.Ready();
  const bool terminating = pod.deleting();
  Json endpoint{
      {"addresses", Json::array({address})},
      {"conditions", Json{{"ready", service.publish_not_ready || (serving && !terminating)},
                          {"serving", serving},
                          {"terminating", terminating}}},
      {"targetRef", Json{{"kind", "Pod"}, {"namespace", pod.meta.ns}, {"name", pod.meta.name}, {"uid", pod.meta.uid}}}};
  if (!pod.spec.node_name.empty()) endpoint["nodeName"] = pod.spec.node_name;
  if (!pod.spec.hostname.empty() && pod.spec.subdomain == service.meta.name) endpoint["hostname"] = pod.spec.hostname;
  return endpoint;
}

Json BuildPorts(const api::Service& service, const api::Pod& pod) {
  Json ports = Json::array();
  for (const api::ServicePort& port : service.ports) {
    const int32_t number = NumberOf(pod, port);
    if (number == 0) continue;
    // The name is part of a port even when it is empty: Kubernetes writes it.
    ports.push_back(Json{{"name", port.name}, {"protocol", port.protocol}, {"port", number}});
  }
  return ports;
}

}  // namespace ordinal::controllers::endpoints

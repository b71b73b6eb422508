#include "agent/api/kinds/service/view.h"

#include "agent/api/read.h"

namespace ordinal::api {

namespace {

ServicePort ReadPort(const Json& json) {
  ServicePort port;
  port.name = ReadString(json, "name");
  port.protocol = ReadString(json, "protocol", "TCP");
  port.port = static_cast<int32_t>(ReadInt(json, "port"));
  const Json& target = Member(json, "targetPort");
  if (target.is_string()) {
    port.target_port = target.get<std::string>();
  } else {
    port.target_port = static_cast<int32_t>(ReadInt(json, "targetPort", port.port));
  }
  return port;
}

}  // namespace

Service Service::From(const Object& object) {
  Service service;
  service.object = object;
  service.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  service.type = ReadString(spec, "type", service.type);
  service.cluster_ips = ReadStrings(spec, "clusterIPs");
  if (service.cluster_ips.empty()) {
    if (auto address = ReadString(spec, "clusterIP"); !address.empty()) service.cluster_ips = {std::move(address)};
  }
  service.external_name = ReadString(spec, "externalName");
  service.selector = ReadStringMap(spec, "selector");
  for (const auto& port : Items(spec, "ports")) service.ports.push_back(ReadPort(port));
  service.publish_not_ready = ReadBool(spec, "publishNotReadyAddresses");
  return service;
}

}  // namespace ordinal::api

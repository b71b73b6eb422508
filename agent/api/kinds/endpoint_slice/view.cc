#include "agent/api/kinds/endpoint_slice/view.h"

#include "agent/api/read.h"

namespace ordinal::api {

namespace {

/// discovery/v1: an absent ready reads as true, an absent serving as ready, an absent terminating as false.
Endpoint ReadEndpoint(const Json& json) {
  Endpoint endpoint;
  endpoint.addresses = ReadStrings(json, "addresses");
  const Json& conditions = Member(json, "conditions");
  endpoint.ready = ReadBool(conditions, "ready", true);
  endpoint.serving = ReadBool(conditions, "serving", endpoint.ready);
  endpoint.terminating = ReadBool(conditions, "terminating");
  endpoint.hostname = ReadString(json, "hostname");
  endpoint.node_name = ReadString(json, "nodeName");
  const Json& target = Member(json, "targetRef");
  endpoint.target_kind = ReadString(target, "kind");
  endpoint.target_ns = ReadString(target, "namespace");
  endpoint.target_name = ReadString(target, "name");
  endpoint.target_uid = ReadString(target, "uid");
  return endpoint;
}

}  // namespace

EndpointSlice EndpointSlice::From(const Object& object) {
  EndpointSlice slice;
  slice.object = object;
  slice.meta = ReadMeta(object.body());
  if (auto label = slice.meta.labels.find("kubernetes.io/service-name"); label != slice.meta.labels.end()) {
    slice.service = label->second;
  }
  slice.address_type = ReadString(object.body(), "addressType");
  for (const auto& endpoint : Items(object.body(), "endpoints")) slice.endpoints.push_back(ReadEndpoint(endpoint));
  for (const auto& port : Items(object.body(), "ports")) {
    slice.ports.push_back(
        {ReadString(port, "name"), ReadString(port, "protocol", "TCP"), static_cast<int32_t>(ReadInt(port, "port"))});
  }
  return slice;
}

}  // namespace ordinal::api

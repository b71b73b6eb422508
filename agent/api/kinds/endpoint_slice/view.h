// Typed view of a EndpointSlice (discovery.k8s.io/v1).
#pragma once

#include "agent/api/object.h"

namespace ordinal::api {

struct EndpointPort {
  std::string name, protocol = "TCP";
  int32_t port = 0;
};

struct Endpoint {
  std::vector<std::string> addresses;
  bool ready = true, serving = true, terminating = false;
  std::string hostname, node_name;
  std::string target_kind, target_ns, target_name, target_uid;
};

struct EndpointSlice {
  static constexpr char kKind[] = "EndpointSlice";

  Object object;
  Meta meta;
  std::string service;       ///< label kubernetes.io/service-name
  std::string address_type;  ///< "IPv4" or "IPv6"
  std::vector<Endpoint> endpoints;
  std::vector<EndpointPort> ports;
  static EndpointSlice From(const Object& object);
};

}  // namespace ordinal::api

// Typed view of a Service (core/v1).
#pragma once

#include <variant>

#include "agent/api/object.h"

namespace ordinal::api {

struct ServicePort {
  std::string name, protocol = "TCP";
  int32_t port = 0;
  std::variant<int32_t, std::string> target_port = 0;  ///< a number, or a container port's name
};

struct Service {
  static constexpr char kKind[] = "Service";

  Object object;
  Meta meta;
  std::string type = "ClusterIP";
  std::vector<std::string> cluster_ips;  ///< {"None"} for a headless service
  std::string external_name;
  StringMap selector;
  std::vector<ServicePort> ports;
  bool publish_not_ready = false;

  bool headless() const { return !cluster_ips.empty() && cluster_ips.front() == "None"; }
  static Service From(const Object& object);
};

}  // namespace ordinal::api

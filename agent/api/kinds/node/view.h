// Typed view of a Node (core/v1): what placement and the controllers read of it.
#pragma once

#include "agent/api/object.h"
#include "agent/api/quantity.h"

namespace ordinal::api {

struct Node {
  static constexpr char kKind[] = "Node";

  Object object;
  Meta meta;
  Json taints = Json::array();                  ///< spec.taints
  bool unschedulable = false;                   ///< spec.unschedulable: kubectl cordon
  std::map<std::string, Quantity> allocatable;  ///< status.allocatable, "pods" among them

  static Node From(const Object& object);
};

}  // namespace ordinal::api

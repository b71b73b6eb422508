// Typed view of a RuntimeClass (node.k8s.io/v1).
#pragma once

#include "agent/api/object.h"

namespace ordinal::api {

struct RuntimeClass {
  static constexpr char kKind[] = "RuntimeClass";

  Object object;
  Meta meta;
  std::string handler;

  static RuntimeClass From(const Object& object);
};

}  // namespace ordinal::api

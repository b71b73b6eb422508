// Typed view of ReplicaSet (apps/v1).
#pragma once

#include "agent/api/object.h"
#include "agent/api/selector.h"

namespace ordinal::api {

struct ReplicaSet {
  static constexpr char kKind[] = "ReplicaSet";

  Object object;
  Meta meta;
  int64_t replicas = 1, min_ready_seconds = 0;
  Selector selector;

  // status
  int64_t seen_replicas = 0, ready_replicas = 0, available_replicas = 0, observed_generation = 0;
  int64_t terminating_replicas = 0;

  /// spec.template; good as Object::body() says.
  const Json& pod_template() const { return Member(Member(object.body(), "spec"), "template"); }
  static ReplicaSet From(const Object& object);
};

}  // namespace ordinal::api

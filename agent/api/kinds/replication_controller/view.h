// Typed view of a ReplicationController (core/v1): what it wants and says is what a ReplicaSet does.
#pragma once

#include "agent/api/kinds/replica_set/view.h"

namespace ordinal::api {

struct ReplicationController : ReplicaSet {
  static constexpr char kKind[] = "ReplicationController";

  static ReplicationController From(const Object& object);
};

}  // namespace ordinal::api

// Typed view of Deployment (apps/v1).
#pragma once

#include "agent/api/object.h"
#include "agent/api/selector.h"

namespace ordinal::api {

struct Deployment {
  static constexpr char kKind[] = "Deployment";

  Object object;
  Meta meta;
  int64_t replicas = 1, min_ready_seconds = 0;
  Selector selector;
  Json selector_document;                                  ///< spec.selector
  bool recreate = false;                                   ///< spec.strategy.type Recreate; else RollingUpdate
  std::string max_surge = "25%", max_unavailable = "25%";  ///< "1" or "25%"
  int64_t revision_history_limit = 10;
  /// Absent: a rollout may take for ever (the largest int32 says so in stored objects).
  std::optional<int64_t> progress_deadline_seconds;
  bool paused = false;

  // status
  int64_t seen_replicas = 0, updated_replicas = 0, ready_replicas = 0, available_replicas = 0;
  int64_t collision_count = 0;
  Json conditions;  ///< status.conditions; null when there are none

  /// spec.template; good as Object::body() says.
  const Json& pod_template() const { return Member(Member(object.body(), "spec"), "template"); }
  static Deployment From(const Object& object);
};

}  // namespace ordinal::api

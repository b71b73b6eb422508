// Typed view of a DaemonSet (apps/v1).
#pragma once

#include "agent/api/object.h"
#include "agent/api/selector.h"

namespace ordinal::api {

struct DaemonSet {
  static constexpr char kKind[] = "DaemonSet";

  Object object;
  Meta meta;
  int64_t min_ready_seconds = 0, revision_history_limit = 10;
  Selector selector;
  bool on_delete = false;                              ///< spec.updateStrategy.type OnDelete; else RollingUpdate
  std::string max_unavailable = "1", max_surge = "0";  ///< "1" or "25%"

  // status
  int64_t observed_generation = 0, collision_count = 0;

  /// spec.template; good as Object::body() says.
  const Json& pod_template() const { return Member(Member(object.body(), "spec"), "template"); }
  static DaemonSet From(const Object& object);
};

}  // namespace ordinal::api

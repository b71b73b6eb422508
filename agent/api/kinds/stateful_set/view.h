// Typed view of a StatefulSet (apps/v1).
#pragma once

#include "agent/api/object.h"
#include "agent/api/selector.h"

namespace ordinal::api {

struct StatefulSet {
  static constexpr char kKind[] = "StatefulSet";

  Object object;
  Meta meta;
  int64_t replicas = 1, start_ordinal = 0, min_ready_seconds = 0, revision_history_limit = 10;
  std::string service_name;
  Selector selector;
  StringMap selector_labels;  ///< spec.selector.matchLabels
  std::vector<Json> claim_templates;
  std::string pod_management_policy = "OrderedReady";  ///< or "Parallel"
  std::string update_strategy = "RollingUpdate";       ///< or "OnDelete"
  int64_t partition = 0;
  std::optional<std::string> max_unavailable;  ///< "1" or "25%"
  std::string when_deleted = "Retain", when_scaled = "Retain";

  // status
  int64_t observed_generation = 0, collision_count = 0;
  std::string current_revision, update_revision;

  /// spec.template; good as Object::body() says.
  const Json& pod_template() const { return Member(Member(object.body(), "spec"), "template"); }
  static StatefulSet From(const Object& object);
};

}  // namespace ordinal::api

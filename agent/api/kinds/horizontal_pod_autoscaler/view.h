// Typed view of a HorizontalPodAutoscaler (autoscaling/v2).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api {

/// How fast one direction may go.
struct ScalingRules {
  struct Policy {
    bool percent = false;  ///< of the pods there were; else a number of pods
    int64_t value = 0, period_seconds = 0;
  };
  std::string select = "Max";  ///< "Max", "Min" or "Disabled"
  std::vector<Policy> policies;
  std::optional<int64_t> window_seconds;  ///< stabilizationWindowSeconds
  std::optional<double> tolerance;
};

struct HorizontalPodAutoscaler {
  static constexpr char kKind[] = "HorizontalPodAutoscaler";

  Object object;
  Meta meta;
  std::string target_version, target_kind, target_name;  ///< spec.scaleTargetRef
  int64_t min_replicas = 1, max_replicas = 0;
  bool behaves = false;  ///< spec.behavior is there
  ScalingRules scale_up, scale_down;

  /// spec.metrics and status; good as Object::body() says.
  const Json& metrics() const { return Member(Member(object.body(), "spec"), "metrics"); }
  const Json& status() const { return Member(object.body(), "status"); }
  static HorizontalPodAutoscaler From(const Object& object);
};

}  // namespace ordinal::api

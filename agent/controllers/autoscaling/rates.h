// How fast and how often a set is scaled: earlier recommendations, the changes of late, and the limits that come of
// them (Kubernetes: podautoscaler/horizontal.go, normalizeDesiredReplicas and its kin). Pure but for the memory it is
// given.
//
//   wanted ── stabilised by what was wanted before ── limited by policies, minReplicas and maxReplicas ──> replicas
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/horizontal_pod_autoscaler/view.h"
#include "agent/base/clock.h"

namespace ordinal::controllers::autoscaling {

/// What is remembered of one autoscaler, in memory.
struct Memory {
  struct Recommendation {
    int64_t replicas = 0;
    SteadyTime at;
  };
  struct Change {
    int64_t replicas = 0;  ///< by how many
    SteadyTime at;
  };
  std::string uid = {};  ///< whose memory it is
  std::vector<Recommendation> recommendations = {};
  std::vector<Change> ups = {}, downs = {};
};

/// Of an autoscaler without spec.behavior: what was wanted within this time counts on the way down
/// (--horizontal-pod-autoscaler-downscale-stabilization).
inline constexpr Duration kDownscaleStabilization = std::chrono::minutes(5);

/// A reason with its words, for a condition.
struct Finding {
  std::string reason, message;
};

struct Rated {
  int64_t replicas = 0;
  Finding able;          ///< of AbleToScale, which is True
  bool limited = false;  ///< of ScalingLimited
  Finding limits;
};

/// `wanted`: what the metrics ask for, which is remembered.
Rated Rate(const api::HorizontalPodAutoscaler& scaler, int64_t current, int64_t wanted, SteadyTime now, Memory& memory);

/// The set was scaled. Kept is what the policies look at.
void Remember(const api::HorizontalPodAutoscaler& scaler, int64_t before, int64_t after, SteadyTime now,
              Memory& memory);

}  // namespace ordinal::controllers::autoscaling

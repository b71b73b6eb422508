// How many pods a metric asks for (Kubernetes: podautoscaler/replica_calculator.go). Pure.
//
//   replicas = pods × what is seen / what should be, rounded up; none when that ratio is within the tolerance
//
// Pods without figures count against a change: as ones that use what they should on the way down, as ones that use
// nothing on the way up; so do those that are not ready yet, on the way up.
#pragma once

#include <optional>

#include "agent/controllers/autoscaling/usage.h"

namespace ordinal::controllers::autoscaling {

struct Tolerances {
  double down = 0.1, up = 0.1;
};

/// What one metric of type Resource or ContainerResource wants.
struct ResourceTarget {
  Subject subject;
  std::optional<int64_t> utilization;    ///< percent of the requests; else:
  std::optional<int64_t> average_milli;  ///< for each pod
};

struct Measured {
  const api::Refs<api::Pod>& pods;  ///< those of the set
  const api::Json& items;           ///< PodMetrics documents
  int64_t current = 0;              ///< replicas
  Tolerances tolerances;
  WallTime now;
};

struct Proposal {
  int64_t replicas = 0;
  std::optional<int64_t> utilization;  ///< percent, of a target that is one
  int64_t average_milli = 0;           ///< for each pod
};

/// Errors are worded as the reference's, without what their callers put before them.
Result<Proposal> ProposeReplicas(const ResourceTarget& target, const Measured& measured);

}  // namespace ordinal::controllers::autoscaling

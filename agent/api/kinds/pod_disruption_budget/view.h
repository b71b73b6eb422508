// Typed view of PodDisruptionBudget (policy/v1).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "agent/api/object.h"
#include "agent/api/selector.h"

namespace ordinal::api {

struct PodDisruptionBudget {
  static constexpr char kKind[] = "PodDisruptionBudget";

  Object object;
  Meta meta;
  std::optional<std::string> min_available, max_unavailable;  ///< "1" or "25%"
  Selector selector;
  bool selects = false;           ///< there is a selector; without one it is about no pod
  bool unhealthy_always = false;  ///< unhealthyPodEvictionPolicy: AlwaysAllow

  // status
  int64_t current_healthy = 0, desired_healthy = 0, disruptions_allowed = 0, observed_generation = 0;
  std::map<std::string, WallTime> disrupted_pods;  ///< by name, when their eviction was allowed

  /// It is about a pod of its namespace with these labels.
  bool Selects(const StringMap& labels) const { return selects && selector.Matches(labels); }
  static PodDisruptionBudget From(const Object& object);
};

/// The conditions of `status` with DisruptionAllowed as its numbers have it: SufficientPods or InsufficientPods
/// (k8s.io/component-helpers, apps/poddisruptionbudget).
void SayDisruptionAllowed(WallTime now, Json& status);
/// The same when the numbers could not be found out: nothing is allowed, with reason SyncFailed.
void SayDisruptionUnknown(std::string message, WallTime now, Json& status);

}  // namespace ordinal::api

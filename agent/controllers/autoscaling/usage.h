// What pods use and request of a resource, as a HorizontalPodAutoscaler looks at it, in thousandths of a core or of a
// byte. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/ref.h"

namespace ordinal::controllers::autoscaling {

struct PodUse {
  int64_t milli = 0;
  WallTime at{};    ///< end of the time measured
  Duration window;  ///< its length
};
using PodUses = std::map<std::string, PodUse>;  ///< by the pod's name

/// What cannot be told, in the reference's words.
inline Error NoFigures(std::string message) { return MakeError(ErrorCode::kNotFound, std::move(message)); }

/// What is looked at: "cpu" or "memory", of one container, or of all when that is empty.
struct Subject {
  std::string resource, container;
};

/// Out of `items`, PodMetrics documents of metrics.k8s.io, what those of the pods say that are in them. A pod of which
/// a container lacks the resource is left out. Errors are worded as the reference's metrics client words them.
Result<PodUses> UsesOf(const api::Json& items, const api::Refs<api::Pod>& pods, const Subject& subject);

/// What each pod requests, by its name. An error for the first container that requests none.
Result<std::map<std::string, int64_t>> RequestsOf(const api::Refs<api::Pod>& pods, const Subject& subject);

/// The pods by what their figures are worth (Kubernetes: podautoscaler/replica_calculator.go, groupPods).
struct Groups {
  size_t ready = 0;               ///< how many there are whose figures count
  std::set<std::string> unready;  ///< whose figures do not count yet: not ready, or just started
  std::set<std::string> missing;  ///< without figures
  std::set<std::string> ignored;  ///< on their way out, or failed
};

/// A pod may take so long to start up that its use of cpu says nothing (--horizontal-pod-autoscaler-cpu-
/// initialization-period), and is not ready for so long at first (--horizontal-pod-autoscaler-initial-readiness-delay).
inline constexpr Duration kStartUp = std::chrono::minutes(5);
inline constexpr Duration kFirstReadiness = std::chrono::seconds(30);

Groups GroupPods(const api::Refs<api::Pod>& pods, const PodUses& uses, const std::string& resource, WallTime now);

}  // namespace ordinal::controllers::autoscaling

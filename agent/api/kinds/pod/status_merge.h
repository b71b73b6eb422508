// A pod's status is made of what several say: its node, whoever places it, clients of the API. Pure.
#pragma once

#include "agent/api/object.h"

namespace ordinal::api {

/// Conditions of a pod whose resources are being changed while it runs.
inline constexpr const char* kPodResizePending = "PodResizePending";
inline constexpr const char* kPodResizeInProgress = "PodResizeInProgress";

enum class StatusBy {
  kNode,       ///< Owns all but conditions of types that are not its own, and an end that somebody else wrote.
  kPlacement,  ///< Owns the conditions it names; the rest stays.
  kClient,     ///< Says all of it, but takes no end back.
};

/// What is stored when `by` says `said` over `stored`.
///
/// Conditions of others are kept behind its own. A condition that says what it said before keeps its lastTransitionTime
/// when placement repeats it. A phase Succeeded or Failed is never taken back, whoever wrote it: to the node it is an
/// order (pkg/kubelet/pod_workers.go: a pod in such a phase is torn down). A client that leaves observedGeneration out
/// keeps it.
Json MergedStatus(StatusBy by, const Json& said, const Json& stored);

/// Whether they say the same. A member that is null is one that is not there: every write of an object through
/// admission drops those.
bool SameStatus(const Json& a, const Json& b);

/// Marks a condition that somebody else than the node judged with the metadata.generation of `pod`.
void ObserveGeneration(const Json& pod, Json& condition);

}  // namespace ordinal::api

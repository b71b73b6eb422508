// What a job sees of its pods. Pure. (pkg/controller/job/job_controller.go, indexed_job_utils.go)
//
//   made, with the finalizer ──> over ──> noted in the status ──> finalizer off ──> counted
//                                         (uncountedTerminatedPods, completedIndexes)
//
// The finalizer holds a pod until its end is in the job's status; a pod without it was counted, or is not to be.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/api/kinds/job/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/ref.h"

namespace ordinal::controllers::job {

/// So many pods of one job that are over and counted are kept, the newest. The reference's collector keeps 12,500 in
/// the cluster.
inline constexpr size_t kKeptOver = 1000;

/// It has the finalizer.
bool Tracked(const api::Pod& pod);
/// Neither over nor going.
bool Active(const api::Pod& pod);
/// Going and not over yet.
bool Terminating(const api::Pod& pod);
/// It counts as failed: over without success or, unless the job replaces only what is over, going. One that is going
/// and was never placed is over: no node will ever end it.
bool Failed(const api::Job& job, const api::Pod& pod);
/// When it ended, by the best that is known: its containers, the condition Ready, its deletion, its making.
WallTime FinishedAt(const api::Pod& pod);
/// Of the pods that are over and counted the oldest beyond kKeptOver, at most `most`.
std::vector<const api::Pod*> SurplusOver(const api::Refs<api::Pod>& pods, size_t most);
/// Takes the finalizer off the document of a pod that is not over. False, and nothing is done: it is, and counts.
bool ReleaseUnlessOver(api::Json& pod);
/// Its completion index; nothing without one, or when it is not one of the job's.
std::optional<int64_t> IndexOf(const api::Job& job, const api::Pod& pod);

/// A number in an annotation, 0 or more; 0 without one.
int64_t CountIn(const api::Pod& pod, const char* annotation);

}  // namespace ordinal::controllers::job

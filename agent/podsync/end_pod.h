// The end of a pod that has no worker, because no agent runs: what `ordinald down` does to its containers. They end as
// after a deletion, in the same order and one grace: preStop hooks, stop signals, KILL (endings.h).
#pragma once

#include <memory>

#include "agent/podsync/endings.h"

namespace ordinal::podsync {

/// What the pod has for its end from `now` on: the grace of its deletion, less what is over of it, where somebody began
/// one; else its own.
std::chrono::seconds GraceAtDown(const api::Pod& pod, WallTime now);

/// Ends what `state` shows running of `pod`, which is not null. Returns when all has ended; the error is the first of
/// those that could not be ended. What is begun goes on when the caller is cancelled. Control thread.
Task<Status> EndPod(std::shared_ptr<Endings> endings, EndingParts parts, std::shared_ptr<const api::Pod> pod,
                    observe::PodState state);

}  // namespace ordinal::podsync

// What containers were made with, as the agent that made them wrote it into an annotation of theirs: by that a new
// agent knows what a pod has of which nothing was kept. Pure.
#pragma once

#include <map>
#include <string>

#include "agent/observe/pod_state.h"
#include "agent/podsync/allocation.h"

namespace ordinal::podsync {

/// What was written of this container's resources; null: nothing, or there is no container.
const std::string* MadeWith(const cri::Container* container);

/// Puts into `allocation`, which is what the pod's spec asks for, what its containers were made with: the newest of
/// each name. For a pod of which nothing was kept: then nothing was changed since.
void TakeFromContainers(const observe::PodState& state, Allocation& allocation);

/// An older agent did not say all of what it made a container with: one that has not ended has what its pod had been
/// given when it was taken in, also where that is nothing: something may be added. Adds those to `actuated`. True:
/// there is one of which only that is known.
bool TakeUnknown(const observe::PodState& state, const Allocation& allocation,
                 std::map<std::string, Portion>& actuated);

}  // namespace ordinal::podsync

#pragma once

#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

/// Gives running containers the resources they are to have: the pod's own cgroup first where it gets more, then each
/// container, those that get less memory before the others, then the pod's cgroup where it gets less. Less memory than
/// a container, or the pod, uses is not tried, nor where that is not known. What fails is said, shown in the condition
/// PodResizeInProgress and tried again with backoff (Memory::resize_retry); nothing else of the plan waits for it.
Task<void> Perform(StepContext& context, const ResizeContainers& step);

}  // namespace ordinal::podsync

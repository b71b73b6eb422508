// Ends of a pod's containers, in groups one after another. EndPod is the end of a pod that has no worker, because no
// agent runs: what `ordinald down` does to its containers. They end as when the node ends a pod (why_ended.h,
// EndsOfPod), in that order and in one grace: preStop hooks, stop signals, KILL (endings.h).
#pragma once

#include <memory>

#include "agent/podsync/endings.h"
#include "agent/podsync/step.h"

namespace ordinal::podsync {

/// What `kill` of this pod has from `now` on: its own grace or the pod's; of a pod whose time is shared what the others
/// left of it, but two seconds at least, where its grace is not less (pkg/kubelet/kuberuntime,
/// minimumGracePeriodInSeconds).
std::chrono::seconds GraceOf(const api::Pod& pod, const ContainerKill& kill, SteadyTime now);

/// Ends all of `group` side by side, each with its GraceOf(). Returns when they have ended; the error is the first of
/// those that could not be ended. A caller that is cancelled gets kCancelled; what is begun goes on. `pod` is not null;
/// `endings` and `clock` outlive the call. Control thread.
Task<Status> EndTogether(Executor executor, Clock& clock, Endings& endings, std::shared_ptr<const api::Pod> pod,
                         const EndContainers& group);

/// What the pod has for its end from `now` on. Where somebody began a deletion, what is left of its grace, two seconds
/// at least, and never more than that grace, whatever the clock was set to; that grace anew where it is over, as nobody
/// was there to use it. Else the pod's own.
std::chrono::seconds GraceAtDown(const api::Pod& pod, WallTime now);

/// Ends what `state` shows running of `pod`, which is not null. Returns when all has ended; the error is the first of
/// those that could not be ended. What is begun goes on when the caller is cancelled. Control thread.
Task<Status> EndPod(std::shared_ptr<Endings> endings, EndingParts parts, std::shared_ptr<const api::Pod> pod,
                    observe::PodState state);

}  // namespace ordinal::podsync

// Why a container that runs is to be ended when the rest of its pod goes on, and how all of a pod end.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/podsync/allocations.h"
#include "agent/podsync/plan.h"

namespace ordinal::podsync {

/// Its image is another one now: it starts again with that, whatever its policy is. Or its liveness or startup probe
/// failed: it starts again but under restartPolicy Never. Absent: neither.
std::optional<ContainerKill> WhyToEnd(const api::Pod& pod, const StartContainer& start, const cri::Container& running,
                                      const probes::Standing& standing);

/// Its resources are others, and its resizePolicy asks for a restart then.
std::optional<ContainerKill> WhyToEnd(const api::Container& container, const cri::Container& running,
                                      const Difference& differs);

/// All that runs, with the pod's grace or the node's; ephemeral containers have two seconds of it at most.
std::vector<ContainerKill> KillsOfAll(const api::Pod& pod, const observe::PodState& state, const Memory& memory,
                                      const std::string& why);

/// In the order in which they end: main and init containers together, then ephemeral ones, beside which no main one is
/// left, then sidecars one by one, the last of the specification first.
std::vector<EndContainers> InOrder(const api::PodSpec& spec, std::vector<ContainerKill> kills);

/// How a pod ends that is over: all that runs in that order, in one grace from `now` on.
std::vector<EndContainers> EndsOfPod(const api::Pod& pod, const observe::PodState& state, const Memory& memory,
                                     const std::string& why, SteadyTime now);

/// Those of `marked`, ids of containers that were to end and start again, that run on: `plan` ends them no more.
std::vector<std::string> RunOn(const std::set<std::string>& marked, const observe::PodState& state, const Plan& plan);

/// Something of the pod runs, or has run, that restartPolicy Never lets run once only. An init container that did its
/// work may do it again, and a sidecar always.
bool Began(const api::Pod& pod, const observe::PodState& state);

}  // namespace ordinal::podsync

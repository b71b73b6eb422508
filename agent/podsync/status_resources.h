// What a pod's status says of processors and memory: what was given, and what runs with something else while a resize
// is carried out. Pure.
#pragma once

#include <string>

#include "agent/podsync/pod_status.h"

namespace ordinal::podsync {

/// Of the container of that name; `newest` null: it was never made.
void AddResources(const StatusFacts& facts, const std::string& name, const cri::Container* newest,
                  api::ContainerStatus& status);

/// Of the pod as a whole, where it has resources as such (`spec` is that of what was given): what it takes of the node,
/// and what its own cgroup has.
void AddPodResources(const StatusFacts& facts, const api::PodSpec& spec, api::PodStatus& status);

/// The pod, or a container that runs, has not what was given.
bool HasOtherResources(const StatusFacts& facts);

}  // namespace ordinal::podsync

// What pods/resize may change of a pod while it runs: cpu and memory of its containers and sidecars, and of the pod as
// a whole (KEP 5419). Pure. Rules: k8s.io/kubernetes pkg/registry/core/pod/strategy.go (podResizeStrategy),
// core/validation (ValidatePodResize).
#pragma once

#include "agent/api/faults.h"

namespace ordinal::api {

/// `old_body` with the resources of `body`, the pod's and its containers', and their resize policies; everything else
/// of `body` counts for nothing. A document with other containers is given back as it is: ValidatePodResize() refuses
/// it.
Json ResizedPod(const Json& old_body, const Json& body);

void ValidatePodResize(const Json& body, const Json& old_body, Faults& faults);

/// resizePolicy of a container at `path`. `restart_policy` is the pod's; `one_time`: an init container that is no
/// sidecar, which has none.
void ValidateResizePolicy(const Json& container, const Path& path, const std::string& restart_policy, bool one_time,
                          Faults& faults);

}  // namespace ordinal::api

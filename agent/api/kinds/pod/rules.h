// Rules of a PodSpec, in a Pod or in a template.
#pragma once

#include <set>
#include <string>

#include "agent/api/faults.h"

namespace ordinal::api {

/// `path` is "spec" or "spec.template.spec"; `claims` are the names of volumeClaimTemplates, mounted like volumes.
void ValidatePodSpec(const Json& spec, const Path& path, const std::set<std::string>& claims, Faults& faults);

/// containers, initContainers and ephemeralContainers; `volumes` are the names that may be mounted.
void ValidateContainers(const Json& spec, const Path& path, const std::set<std::string>& volumes, Faults& faults);

/// What of a running pod's spec may change: container images, activeDeadlineSeconds (set, or lowered), additional
/// tolerations, a negative grace period to 1, and nodeName and schedulingGates while it is being placed.
void ValidatePodSpecUpdate(const Json& spec, const Json& old_spec, Faults& faults);

}  // namespace ordinal::api

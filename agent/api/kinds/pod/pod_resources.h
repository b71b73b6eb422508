// spec.resources: what a pod needs and may use as a whole, whatever its containers have of their own (KEP 2837).
#pragma once

#include "agent/api/faults.h"

namespace ordinal::api {

/// Requests that follow from those of the containers or from its limits, and limits of huge pages (core/v1
/// defaultPodRequests, defaultHugePagePodLimits). A pod without any of its own gets none.
void DefaultPodResources(Json& spec);

/// Names, amounts, and that the whole is no less than its parts (core/validation, validatePodResources); and that who
/// has a volume of huge pages asks for them. `path` is the spec's.
void ValidatePodResources(const Json& spec, const Path& path, Faults& faults);

}  // namespace ordinal::api

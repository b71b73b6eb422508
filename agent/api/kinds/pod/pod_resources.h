// spec.resources: what a pod needs and may use as a whole, whatever its containers have of their own (KEP 2837).
#pragma once

#include <string>

#include "agent/api/faults.h"
#include "agent/api/quantity.h"

namespace ordinal::api {

/// An amount of `resource` as a spec writes it: "250m", "1Gi".
std::string AmountText(const std::string& resource, const Quantity& amount);

/// Requests that follow from those of the containers or from its limits, and limits of huge pages (core/v1
/// defaultPodRequests, defaultHugePagePodLimits). A pod without any of its own gets none.
void DefaultPodResources(Json& spec);

/// Names, amounts, and that the whole is no less than its parts (core/validation, validatePodResources); and that who
/// has a volume of huge pages asks for them. `path` is the spec's.
void ValidatePodResources(const Json& spec, const Path& path, Faults& faults);

}  // namespace ordinal::api

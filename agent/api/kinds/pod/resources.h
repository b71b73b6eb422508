// What a pod needs and may use as a whole. Pure. Source: k8s.io/component-helpers/resource (PodRequests, PodLimits).
#pragma once

#include "agent/api/kinds/pod/view.h"

namespace ordinal::api {

/// What the containers need together, sidecars among them, or what an init container needs while it runs, whichever is
/// more. Where the pod as a whole has a request, that one counts.
ResourceList RequestsOf(const PodSpec& spec);

/// The same of limits; a container without one adds nothing.
ResourceList LimitsOf(const PodSpec& spec);

/// Whether there is a limit of `resource` on everything of the pod: on the whole, or on each container.
bool LimitedEverywhere(const PodSpec& spec, const std::string& resource);

}  // namespace ordinal::api

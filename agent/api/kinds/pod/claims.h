// The claims a pod names in its volumes. Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api {

/// Names of PersistentVolumeClaims in the pod's namespace, each once, in the order of spec.volumes. Reads the
/// document itself: a typed view of the whole pod would be built for nothing.
std::vector<std::string> ClaimsOf(const Json& pod);

}  // namespace ordinal::api

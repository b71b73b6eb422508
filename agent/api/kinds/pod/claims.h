// The claims a pod names in its volumes. Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api {

/// Names of PersistentVolumeClaims in the pod's namespace, each once, in the order of spec.volumes. Reads the
/// document itself: a typed view of the whole pod would be built for nothing.
std::vector<std::string> ClaimsOf(const Json& pod);
/// Whether `claim` is among them. Costs no parsing where the name is not in the document at all.
bool NamesClaim(const Object& pod, const std::string& claim);

}  // namespace ordinal::api

// What must hold of a NetworkPolicy (Kubernetes: pkg/apis/networking/validation).
#pragma once

#include "agent/api/faults.h"

namespace ordinal::api {

void ValidateNetworkPolicy(const Json& spec, Faults& faults);

}  // namespace ordinal::api

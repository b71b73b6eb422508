// What must hold of a HorizontalPodAutoscaler (Kubernetes: pkg/apis/autoscaling/validation).
#pragma once

#include "agent/api/faults.h"

namespace ordinal::api {

void ValidateAutoscaler(const Json& spec, Faults& faults);

}  // namespace ordinal::api

// What must hold of an Ingress (Kubernetes: pkg/apis/networking/validation).
#pragma once

#include "agent/api/faults.h"

namespace ordinal::api {

/// Where the class was written before it had a field.
inline constexpr std::string_view kIngressClassBefore = "kubernetes.io/ingress.class";

void ValidateIngress(const Json& spec, Faults& faults);

}  // namespace ordinal::api

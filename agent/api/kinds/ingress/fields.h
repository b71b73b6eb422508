// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kIngress, kIngressSpec, kIngressBackend, kIngressServiceBackend, kServiceBackendPort,
    kIngressTLS, kIngressRule, kHTTPIngressRuleValue, kHTTPIngressPath, kIngressStatus, kIngressLoadBalancerStatus,
    kIngressLoadBalancerIngress, kIngressPortStatus;

/// Words of its fields.
inline constexpr std::string_view kPathTypes[] = {"Exact", "ImplementationSpecific", "Prefix"};

}  // namespace ordinal::api::schema

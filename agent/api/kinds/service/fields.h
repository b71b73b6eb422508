// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kService, kServiceSpec, kServicePort, kServiceStatus, kSessionAffinityConfig, kClientIPConfig,
    kLoadBalancerStatus, kLoadBalancerIngress, kPortStatus;

}  // namespace ordinal::api::schema

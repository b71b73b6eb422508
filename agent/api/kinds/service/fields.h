// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kService, kServiceSpec, kServicePort, kServiceStatus, kSessionAffinityConfig, kClientIPConfig,
    kLoadBalancerStatus, kLoadBalancerIngress, kPortStatus;

/// Words of its fields.
inline constexpr std::string_view kServiceTypes[] = {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"};
inline constexpr std::string_view kAffinities[] = {"ClientIP", "None"};
inline constexpr std::string_view kTrafficPolicies[] = {"Cluster", "Local"};
inline constexpr std::string_view kIpFamilies[] = {"", "IPv4", "IPv6"};
inline constexpr std::string_view kIpFamilyPolicies[] = {"PreferDualStack", "RequireDualStack", "SingleStack"};

}  // namespace ordinal::api::schema

// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kNetworkPolicy, kNetworkPolicySpec, kNetworkPolicyIngressRule, kNetworkPolicyEgressRule,
    kNetworkPolicyPort, kNetworkPolicyPeer, kIPBlock;

/// Words of its fields.
inline constexpr std::string_view kPolicyTypes[] = {"Egress", "Ingress"};

}  // namespace ordinal::api::schema

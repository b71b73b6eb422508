// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kNetworkPolicy, kNetworkPolicySpec, kNetworkPolicyIngressRule, kNetworkPolicyEgressRule,
    kNetworkPolicyPort, kNetworkPolicyPeer, kIPBlock;

}  // namespace ordinal::api::schema

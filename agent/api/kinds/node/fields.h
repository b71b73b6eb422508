// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kNode, kNodeSpec, kTaint, kNodeConfigSource, kConfigMapNodeConfigSource, kNodeStatus,
    kNodeAddress, kNodeCondition, kNodeConfigStatus, kNodeDaemonEndpoints, kDaemonEndpoint, kNodeFeatures,
    kContainerImage, kNodeSystemInfo, kNodeRuntimeHandler, kNodeRuntimeHandlerFeatures, kAttachedVolume;

/// Words of its fields.
inline constexpr std::string_view kNodePhases[] = {"Pending", "Running", "Terminated"};

}  // namespace ordinal::api::schema

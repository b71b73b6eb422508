// Every kind the agent knows. all.cc lists them for the registry.
#pragma once

#include "agent/api/kind.h"

namespace ordinal::api::kinds {

extern const KindInfo kPod, kStatefulSet, kControllerRevision, kService, kEndpoints, kEndpointSlice, kPersistentVolume,
    kPersistentVolumeClaim, kStorageClass, kNamespace, kNode, kEvent, kConfigMap, kSecret, kServiceAccount, kReplicaSet,
    kDeployment, kLease;

}  // namespace ordinal::api::kinds

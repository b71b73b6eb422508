// Every kind the agent knows: one line a kind, in the order in which they are listed. Each is in the folder of its
// name.
#pragma once

#include "agent/api/kind.h"

// clang-format off
#define ORDINAL_KINDS(KIND)      \
  KIND(Pod)                      \
  KIND(ReplicaSet)               \
  KIND(StatefulSet)              \
  KIND(Deployment)               \
  KIND(ControllerRevision)       \
  KIND(Service)                  \
  KIND(Endpoints)                \
  KIND(EndpointSlice)            \
  KIND(ConfigMap)                \
  KIND(Secret)                   \
  KIND(ServiceAccount)           \
  KIND(PersistentVolume)         \
  KIND(PersistentVolumeClaim)    \
  KIND(StorageClass)             \
  KIND(Namespace)                \
  KIND(Node)                     \
  KIND(Lease)                    \
  KIND(Event)
// clang-format on

namespace ordinal::api::kinds {

#define ORDINAL_DECLARE_KIND(name) extern const KindInfo k##name;
ORDINAL_KINDS(ORDINAL_DECLARE_KIND)
#undef ORDINAL_DECLARE_KIND

}  // namespace ordinal::api::kinds

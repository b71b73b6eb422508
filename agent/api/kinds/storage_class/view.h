// Typed view of a StorageClass (storage.k8s.io/v1).
#pragma once

#include "agent/api/object.h"

namespace ordinal::api {

struct StorageClass {
  static constexpr char kKind[] = "StorageClass";

  Object object;
  Meta meta;
  std::string provisioner, reclaim_policy = "Delete";
  bool waits_for_consumer = false;  ///< volumeBindingMode: WaitForFirstConsumer
  bool allows_expansion = false;
  bool is_default = false;  ///< by its annotation
  StringMap parameters;
  std::vector<std::string> mount_options;
  bool topologies = false;  ///< allowedTopologies is given
  static StorageClass From(const Object& object);
};

}  // namespace ordinal::api

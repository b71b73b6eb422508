// Typed views of PersistentVolume and PersistentVolumeClaim (core/v1) and StorageClass (storage.k8s.io/v1).
#pragma once

#include "agent/api/object.h"
#include "agent/api/quantity.h"
#include "agent/api/selector.h"

namespace ordinal::api {

struct PersistentVolume {
  static constexpr char kKind[] = "PersistentVolume";

  Object object;
  Meta meta;
  Quantity capacity;
  std::vector<std::string> access_modes;
  std::string storage_class, volume_mode = "Filesystem", reclaim_policy = "Retain";
  std::string source;  ///< the member that is set: "hostPath", "local", "gcePersistentDisk", …
  Json source_spec;
  std::string claim_ns, claim_name, claim_uid;  ///< spec.claimRef
  Json node_affinity;
  std::string phase;
  static PersistentVolume From(const Object& object);
};

struct PersistentVolumeClaim {
  static constexpr char kKind[] = "PersistentVolumeClaim";

  Object object;
  Meta meta;
  Quantity request;
  std::vector<std::string> access_modes;
  std::optional<std::string> storage_class;  ///< absent: the default class; "": none
  std::string volume_mode = "Filesystem";
  std::string volume_name;
  Selector selector;
  std::string phase;
  static PersistentVolumeClaim From(const Object& object);
};

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

// Typed view of a PersistentVolume (core/v1).
#pragma once

#include "agent/api/object.h"
#include "agent/api/quantity.h"

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

}  // namespace ordinal::api

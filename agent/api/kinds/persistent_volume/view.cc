#include "agent/api/kinds/persistent_volume/view.h"

#include "agent/api/kinds/persistent_volume/sources.h"
#include "agent/api/kinds/shared/class_before.h"
#include "agent/api/read.h"

namespace ordinal::api {

PersistentVolume PersistentVolume::From(const Object& object) {
  PersistentVolume volume;
  volume.object = object;
  volume.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  volume.capacity = ReadQuantity(Member(spec, "capacity"), "storage");
  volume.access_modes = ReadStrings(spec, "accessModes");
  volume.storage_class = ReadString(spec, "storageClassName");
  if (const auto old = volume.meta.annotations.find(kClassBefore); old != volume.meta.annotations.end()) {
    volume.storage_class = old->second;
  }
  volume.volume_mode = ReadString(spec, "volumeMode", volume.volume_mode);
  volume.reclaim_policy = ReadString(spec, "persistentVolumeReclaimPolicy", volume.reclaim_policy);
  for (const auto source : kPersistentVolumeSources) {
    const Json& value = Member(spec, source);
    if (!value.is_object()) continue;
    volume.source = source;
    volume.source_spec = value;
    break;
  }
  const Json& claim = Member(spec, "claimRef");
  volume.claim_ns = ReadString(claim, "namespace");
  volume.claim_name = ReadString(claim, "name");
  volume.claim_uid = ReadString(claim, "uid");
  volume.node_affinity = Member(spec, "nodeAffinity");
  volume.phase = ReadString(Member(object.body(), "status"), "phase");
  return volume;
}

}  // namespace ordinal::api

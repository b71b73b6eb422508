#include "agent/api/volume.h"

#include "agent/api/read.h"
#include "agent/api/volume_sources.h"

namespace ordinal::api {

PersistentVolume PersistentVolume::From(const Object& object) {
  PersistentVolume volume;
  volume.object = object;
  volume.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  volume.capacity = ReadQuantity(Member(spec, "capacity"), "storage");
  volume.access_modes = ReadStrings(spec, "accessModes");
  volume.storage_class = ReadString(spec, "storageClassName");
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

PersistentVolumeClaim PersistentVolumeClaim::From(const Object& object) {
  PersistentVolumeClaim claim;
  claim.object = object;
  claim.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  claim.request = ReadQuantity(Member(Member(spec, "resources"), "requests"), "storage");
  claim.access_modes = ReadStrings(spec, "accessModes");
  claim.storage_class = ReadOptional<std::string>(spec, "storageClassName");
  claim.volume_mode = ReadString(spec, "volumeMode", claim.volume_mode);
  claim.volume_name = ReadString(spec, "volumeName");
  if (auto selector = Selector::FromJson(Member(spec, "selector")); selector.ok()) claim.selector = *selector;
  claim.phase = ReadString(Member(object.body(), "status"), "phase");
  return claim;
}

}  // namespace ordinal::api

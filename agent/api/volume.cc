#include "agent/api/volume.h"

#include "agent/api/read.h"
#include "agent/api/volume_sources.h"

namespace ordinal::api {
namespace {

/// The spelling from before there was a field; it wins over the field, as in the reference.
constexpr const char* kClassBefore = "volume.beta.kubernetes.io/storage-class";
constexpr const char* kIsDefault[] = {"storageclass.kubernetes.io/is-default-class",
                                      "storageclass.beta.kubernetes.io/is-default-class"};

}  // namespace

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

PersistentVolumeClaim PersistentVolumeClaim::From(const Object& object) {
  PersistentVolumeClaim claim;
  claim.object = object;
  claim.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  claim.request = ReadQuantity(Member(Member(spec, "resources"), "requests"), "storage");
  claim.access_modes = ReadStrings(spec, "accessModes");
  claim.storage_class = ReadOptional<std::string>(spec, "storageClassName");
  if (const auto old = claim.meta.annotations.find(kClassBefore); old != claim.meta.annotations.end()) {
    claim.storage_class = old->second;
  }
  claim.volume_mode = ReadString(spec, "volumeMode", claim.volume_mode);
  claim.volume_name = ReadString(spec, "volumeName");
  if (auto selector = Selector::FromJson(Member(spec, "selector")); selector.ok()) claim.selector = *selector;
  claim.phase = ReadString(Member(object.body(), "status"), "phase");
  return claim;
}

StorageClass StorageClass::From(const Object& object) {
  StorageClass out;
  const Json& body = object.body();
  out.object = object;
  out.meta = ReadMeta(body);
  out.provisioner = ReadString(body, "provisioner");
  out.reclaim_policy = ReadString(body, "reclaimPolicy", out.reclaim_policy);
  out.waits_for_consumer = ReadString(body, "volumeBindingMode") == "WaitForFirstConsumer";
  out.allows_expansion = ReadBool(body, "allowVolumeExpansion");
  for (const char* key : kIsDefault) {
    const auto found = out.meta.annotations.find(key);
    out.is_default = out.is_default || (found != out.meta.annotations.end() && found->second == "true");
  }
  out.parameters = ReadStringMap(body, "parameters");
  out.mount_options = ReadStrings(body, "mountOptions");
  out.topologies = !Member(body, "allowedTopologies").empty();
  return out;
}

}  // namespace ordinal::api

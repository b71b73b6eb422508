#include "agent/api/kinds/persistent_volume_claim/view.h"

#include "agent/api/kinds/shared/class_before.h"
#include "agent/api/read.h"

namespace ordinal::api {

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

}  // namespace ordinal::api

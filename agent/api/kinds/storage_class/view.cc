#include "agent/api/kinds/storage_class/view.h"

#include "agent/api/read.h"

namespace ordinal::api {

namespace {

constexpr const char* kIsDefault[] = {"storageclass.kubernetes.io/is-default-class",
                                      "storageclass.beta.kubernetes.io/is-default-class"};

}  // namespace

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

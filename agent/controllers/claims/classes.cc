#include "agent/controllers/claims/classes.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "agent/objects/create_or_find.h"

namespace ordinal::controllers::claims {

using api::Json;
using api::StorageClass;

const StorageClass* DefaultClass(const api::Refs<StorageClass>& classes) {
  const StorageClass* newest = nullptr;
  for (const StorageClass& candidate : classes) {
    if (!candidate.is_default) continue;
    const bool better = newest == nullptr || std::tie(candidate.meta.created, newest->meta.name) >
                                                 std::tie(newest->meta.created, candidate.meta.name);
    if (better) newest = &candidate;
  }
  return newest;
}

const StorageClass* FindClass(const api::Refs<StorageClass>& classes, const std::string& name) {
  const auto found =
      std::find_if(classes.begin(), classes.end(), [&](const StorageClass& each) { return each.meta.name == name; });
  return found == classes.end() ? nullptr : found->get();
}

Json NodeClass(bool is_default) {
  Json body = {{"apiVersion", "storage.k8s.io/v1"}, {"kind", "StorageClass"},
               {"provisioner", kNodeProvisioner},   {"reclaimPolicy", "Delete"},
               {"volumeBindingMode", "Immediate"},  {"allowVolumeExpansion", true}};
  body["metadata"]["name"] = kNodeClass;
  body["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] = is_default ? "true" : "false";
  return body;
}

Task<Status> MakeNodeClass(objects::Objects& client) {
  std::string kind = "StorageClass";
  store::ListOptions all;
  CO_TRY(const store::ListResult listed, co_await client.List(std::move(kind), std::move(all)));
  api::Refs<StorageClass> classes;
  for (const api::Object& object : listed.items) classes.push_back(StorageClass::From(object));
  Json body = NodeClass(DefaultClass(classes) == nullptr);
  objects::Unlike foreign = [](const api::Object& existing) {
    const std::string provisioner = StorageClass::From(existing).provisioner;
    return provisioner == kNodeProvisioner ? std::string() : "is of the provisioner " + provisioner;
  };
  const auto made = co_await objects::CreateOrFind(client, std::move(body), std::move(foreign));
  if (!made.ok()) co_return made.error();
  co_return Status();
}

}  // namespace ordinal::controllers::claims

#include "agent/controllers/claims/classes.h"

#include <algorithm>
#include <tuple>

namespace ordinal::controllers::claims {

using api::Json;
using api::StorageClass;

const StorageClass* DefaultClass(const std::vector<StorageClass>& classes) {
  const StorageClass* newest = nullptr;
  for (const StorageClass& candidate : classes) {
    if (!candidate.is_default) continue;
    const bool better = newest == nullptr || std::tie(candidate.meta.created, newest->meta.name) >
                                                 std::tie(newest->meta.created, candidate.meta.name);
    if (better) newest = &candidate;
  }
  return newest;
}

const StorageClass* FindClass(const std::vector<StorageClass>& classes, const std::string& name) {
  const auto found = std::find_if(classes.begin(), classes.end(), [&](const auto& c) { return c.meta.name == name; });
  return found == classes.end() ? nullptr : &*found;
}

Json NodeClass(bool is_default) {
  Json body = {{"apiVersion", "storage.k8s.io/v1"}, {"kind", "StorageClass"},
               {"provisioner", kNodeProvisioner},   {"reclaimPolicy", "Delete"},
               {"volumeBindingMode", "Immediate"},  {"allowVolumeExpansion", true}};
  body["metadata"]["name"] = kNodeClass;
  body["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] = is_default ? "true" : "false";
  return body;
}

Task<Status> MakeNodeClass(store::Door& door) {
  std::string kind = "StorageClass";
  store::ListOptions all;
  CO_TRY(const store::ListResult listed, co_await door.store().List(std::move(kind), std::move(all)));
  std::vector<StorageClass> classes;
  for (const api::Object& object : listed.items) classes.push_back(StorageClass::From(object));
  if (FindClass(classes, kNodeClass) != nullptr) co_return Status();
  Json body = NodeClass(DefaultClass(classes) == nullptr);
  const auto created = co_await door.Create(std::move(body));
  if (created.ok() || created.error().code == ErrorCode::kAlreadyExists) co_return Status();
  co_return created.error();
}

}  // namespace ordinal::controllers::claims

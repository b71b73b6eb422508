#include "agent/store/claim_protection.h"

#include <algorithm>

#include "agent/api/pod.h"
#include "agent/api/pod_claims.h"

namespace ordinal::store {

Task<Result<bool>> HeldForNothing(ObjectStore& store, Object object) {
  if (object.kind() != "PersistentVolumeClaim") co_return false;
  const std::vector<std::string> finalizers = api::ReadMeta(object.body()).finalizers;
  if (finalizers.size() != 1 || finalizers.front() != "kubernetes.io/pvc-protection") co_return false;
  ListOptions options;
  options.ns = object.ns();
  std::string kind = "Pod";
  CO_TRY(const ListResult pods, co_await store.List(std::move(kind), std::move(options)));
  for (const Object& pod : pods.items) {
    if (api::NodeOf(pod.body()).empty()) continue;  // it is not started on a claim that is going
    const std::vector<std::string> claims = api::ClaimsOf(pod.body());
    if (std::find(claims.begin(), claims.end(), object.name()) != claims.end()) co_return false;
  }
  co_return true;
}

}  // namespace ordinal::store

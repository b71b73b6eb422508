#include "agent/objects/local/claim_protection.h"

#include "agent/api/kinds/pod/claims.h"
#include "agent/api/kinds/pod/view.h"

namespace ordinal::objects {

Task<Result<bool>> HeldForNothing(store::ObjectReader& objects, store::Object object) {
  if (object.kind() != "PersistentVolumeClaim") co_return false;
  const std::vector<std::string> finalizers = api::ReadMeta(object.body()).finalizers;
  if (finalizers.size() != 1 || finalizers.front() != "kubernetes.io/pvc-protection") co_return false;
  store::ListOptions options;
  options.ns = object.ns();
  std::string kind = "Pod";
  CO_TRY(const store::ListResult pods, co_await objects.List(std::move(kind), std::move(options)));
  for (const store::Object& pod : pods.items) {
    // One that has no node is not started on a claim that is going.
    if (api::NamesClaim(pod, object.name()) && !api::NodeOf(pod.body()).empty()) co_return false;
  }
  co_return true;
}

}  // namespace ordinal::objects

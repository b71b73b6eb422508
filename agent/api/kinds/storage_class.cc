#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/schema/types.h"

namespace ordinal::api {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  faults.OneOf(Path("reclaimPolicy"), ReadString(body, "reclaimPolicy"), {"Delete", "Retain"});
  faults.OneOf(Path("volumeBindingMode"), ReadString(body, "volumeBindingMode"), {"Immediate", "WaitForFirstConsumer"});
}

constexpr std::string_view kShort[] = {"sc"};

}  // namespace

constinit const KindInfo kinds::kStorageClass{
    .group = "storage.k8s.io",
    .version = "v1",
    .kind = "StorageClass",
    .plural = "storageclasses",
    .singular = "storageclass",
    .short_names = kShort,
    .namespaced = false,
    .schema = &schema::kStorageClass,
    .old_versions = {},
    .validate = Validate,
};

}  // namespace ordinal::api

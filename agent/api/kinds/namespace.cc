#include "agent/api/kinds/kinds.h"
#include "agent/api/names.h"
#include "agent/api/schema/types.h"

namespace ordinal::api {
namespace {

constexpr std::string_view kShort[] = {"ns"};

}  // namespace

constinit const KindInfo kinds::kNamespace{
    .group = "",
    .version = "v1",
    .kind = "Namespace",
    .plural = "namespaces",
    .singular = "namespace",
    .short_names = kShort,
    .namespaced = false,
    .schema = &schema::kNamespace,
    .old_versions = {},
    .check_name = CheckDnsLabel,
};

}  // namespace ordinal::api

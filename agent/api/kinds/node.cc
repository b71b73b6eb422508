#include "agent/api/kinds/kinds.h"
#include "agent/api/schema/types.h"

namespace ordinal::api {
namespace {

constexpr std::string_view kShort[] = {"no"};

}  // namespace

constinit const KindInfo kinds::kNode{
    .group = "",
    .version = "v1",
    .kind = "Node",
    .plural = "nodes",
    .singular = "node",
    .short_names = kShort,
    .namespaced = false,
    .schema = &schema::kNode,
    .old_versions = {},
};

}  // namespace ordinal::api

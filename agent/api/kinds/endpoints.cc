#include "agent/api/kinds/kinds.h"
#include "agent/api/schema/types.h"

namespace ordinal::api {
namespace {

constexpr std::string_view kShort[] = {"ep"};

}  // namespace

constinit const KindInfo kinds::kEndpoints{
    .group = "",
    .version = "v1",
    .kind = "Endpoints",
    .plural = "endpoints",
    .singular = "endpoints",
    .short_names = kShort,
    .schema = &schema::kEndpoints,
    .old_versions = {},
};

}  // namespace ordinal::api

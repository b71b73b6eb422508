#include "agent/api/kinds/kinds.h"
#include "agent/api/schema/types.h"

namespace ordinal::api {
namespace {

constexpr std::string_view kShort[] = {"ev"};

}  // namespace

constinit const KindInfo kinds::kEvent{
    .group = "",
    .version = "v1",
    .kind = "Event",
    .plural = "events",
    .singular = "event",
    .short_names = kShort,
    .schema = &schema::kEvent,
    .old_versions = {},
};

}  // namespace ordinal::api

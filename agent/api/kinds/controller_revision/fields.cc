#include "agent/api/kinds/controller_revision/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kControllerRevisionFields[] = {
    String("apiVersion"),
    Tag(2, Immutable(Any("data")), "the state"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(3, Int64("revision"), "the number; the newest is the highest"),
};

}  // namespace

constinit const StructType kControllerRevision{"ControllerRevision", kControllerRevisionFields,
                                               "one state a set's template has had; kept for rollbacks"};

}  // namespace ordinal::api::schema

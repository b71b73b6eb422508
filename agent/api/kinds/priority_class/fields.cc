#include "agent/api/kinds/priority_class/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kPriorityClassFields[] = {
    String("apiVersion"),
    Tag(4, String("description"), "when to use the class"),
    Tag(3, Bool("globalDefault"), "pods that name no class get this one; at most one class says so"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(5,
        Optional(Immutable(Default(OneOf(String("preemptionPolicy"), kPreemptionPolicies), R"("PreemptLowerPriority")"),
                           "FieldValueForbidden")),
        "PreemptLowerPriority (the default) or Never: whether its pods may take the place of less important ones"),
    Tag(2, Listed(Immutable(Default(Int32("value"), "0"), "FieldValueForbidden")),
        "the priority of its pods: the higher, the more important; 1000000000 at most"),
};

}  // namespace

constinit const StructType kPriorityClass{"PriorityClass", kPriorityClassFields, "how important pods are"};

}  // namespace ordinal::api::schema

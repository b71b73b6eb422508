#include "agent/api/kinds/limit_range/fields.h"

#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kLimitRangeFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kLimitRangeSpec), "{}"), "the limits that are kept to"),
};

constexpr Field kLimitRangeSpecFields[] = {
    Tag(1, Listed(List(Struct("limits", kLimitRangeItem))), "the limits, one item for each type of object"),
};

constexpr Field kLimitRangeItemFields[] = {
    Tag(4, Map(Quantity("default")), "the limits of containers that say none"),
    Tag(5, Map(Quantity("defaultRequest")), "the requests of containers that say none"),
    Tag(2, Map(Quantity("max")), "nothing may use more"),
    Tag(6, Map(Quantity("maxLimitRequestRatio")), "how many times its request a limit may be"),
    Tag(3, Map(Quantity("min")), "nothing may ask for less"),
    Tag(1, Required(String("type")), "what is limited: Container, Pod or PersistentVolumeClaim"),
};

}  // namespace

constinit const StructType kLimitRange{"LimitRange", kLimitRangeFields,
                                       "how much each container, pod or claim of a namespace may ask for"};
constinit const StructType kLimitRangeSpec{"LimitRangeSpec", kLimitRangeSpecFields};
constinit const StructType kLimitRangeItem{"LimitRangeItem", kLimitRangeItemFields};

}  // namespace ordinal::api::schema

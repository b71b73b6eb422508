#include "tests/sample_kind/bakery/fields.h"

#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kOvenFields[] = {
    Tag(1, Required(String("name")), "what the oven is called"),
    Tag(2, Quantity("heat")),
};
constinit const StructType kOven{"Oven", kOvenFields, "where loaves are baked"};

constexpr Field kBakerySpecFields[] = {
    Tag(1, Immutable(Required(String("flour"))), "what the loaves are made of"),
    Tag(2, Optional(Default(Int32("loaves"), "3")), "how many loaves are wanted"),
    Tag(3, List(Struct("ovens", kOven), "name")),
    Tag(4, Optional(Unsupported(Bool("yeast"), "sourdough", "false"))),
    Tag(5, Ineffective(String("window"), "there is no window")),
};
constinit const StructType kBakerySpec{"BakerySpec", kBakerySpecFields};

constexpr Field kBakeryStatusFields[] = {
    Tag(1, Int32("baked"), "how many loaves are ready"),
};
constinit const StructType kBakeryStatus{"BakeryStatus", kBakeryStatusFields};

constexpr Field kBakeryFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kBakerySpec), "{}")),
    Tag(3, Struct("status", kBakeryStatus)),
};

}  // namespace

constinit const StructType kBakery{"Bakery", kBakeryFields, "a place that bakes"};

}  // namespace ordinal::api::schema

#include "agent/api/kinds/config_map/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kConfigMapFields[] = {
    String("apiVersion"),
    Tag(3, Map(Bytes("binaryData")), "values that are no text, in base64"),
    Tag(2, Map(String("data")), "the values, as text"),
    Tag(4, Optional(Bool("immutable")), "refuse changes of the data"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
};

}  // namespace

constinit const StructType kConfigMap{"ConfigMap", kConfigMapFields, "configuration as keys and texts"};

}  // namespace ordinal::api::schema

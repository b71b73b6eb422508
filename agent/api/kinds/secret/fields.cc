#include "agent/api/kinds/secret/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kSecretFields[] = {
    String("apiVersion"),
    Tag(2, Map(Bytes("data")), "the values, in base64"),
    Tag(5, Optional(Bool("immutable")), "refuse changes of the data"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(4, Map(String("stringData")), "values as text; stored in data, never shown"),
    Tag(3, Default(String("type"), R"("Opaque")"), "what kind of secret it is; Opaque when absent"),
};

}  // namespace

constinit const StructType kSecret{"Secret", kSecretFields, "values that must not be shown"};

}  // namespace ordinal::api::schema

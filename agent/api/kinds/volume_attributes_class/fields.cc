#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/volume_attributes_class/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kVolumeAttributesClassFields[] = {
    String("apiVersion"),
    Tag(2, Immutable(Required(String("driverName")), "FieldValueForbidden"), "the driver"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(3, Immutable(Map(String("parameters")), "FieldValueForbidden"), "the attributes"),
};

}  // namespace

constinit const StructType kVolumeAttributesClass{
    "VolumeAttributesClass", kVolumeAttributesClassFields,
    "attributes that volumes of a driver may be given while they are used"};

}  // namespace ordinal::api::schema

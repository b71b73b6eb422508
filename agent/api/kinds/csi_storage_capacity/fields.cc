#include "agent/api/kinds/csi_storage_capacity/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kCSIStorageCapacityFields[] = {
    String("apiVersion"),
    Tag(4, Optional(Quantity("capacity"))),
    String("kind"),
    Tag(5, Optional(Quantity("maximumVolumeSize"))),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Optional(Immutable(Struct("nodeTopology", kLabelSelector)))),
    Tag(3, Immutable(Required(String("storageClassName")))),
};

}  // namespace

constinit const StructType kCSIStorageCapacity{"CSIStorageCapacity", kCSIStorageCapacityFields,
                                               "how much room a driver has for volumes of a class, on some nodes"};

}  // namespace ordinal::api::schema

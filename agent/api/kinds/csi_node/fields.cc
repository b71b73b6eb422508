#include "agent/api/kinds/csi_node/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kCSINodeFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Listed(Default(Struct("spec", kCSINodeSpec), "{}")), "the drivers"),
};

constexpr Field kCSINodeSpecFields[] = {
    Tag(1, Listed(List(Struct("drivers", kCSINodeDriver), "name"))),
};

constexpr Field kCSINodeDriverFields[] = {
    Tag(4, Optional(Struct("allocatable", kVolumeNodeResources))),
    Tag(1, Listed(String("name"))),
    Tag(2, Listed(String("nodeID"))),
    Tag(3, List(String("topologyKeys"))),
};

constexpr Field kVolumeNodeResourcesFields[] = {
    Tag(1, Optional(Int32("count"))),
};

}  // namespace

constinit const StructType kCSINode{"CSINode", kCSINodeFields, "the drivers of volumes that a node has"};
constinit const StructType kCSINodeSpec{"CSINodeSpec", kCSINodeSpecFields};
constinit const StructType kCSINodeDriver{"CSINodeDriver", kCSINodeDriverFields};
constinit const StructType kVolumeNodeResources{"VolumeNodeResources", kVolumeNodeResourcesFields};

}  // namespace ordinal::api::schema

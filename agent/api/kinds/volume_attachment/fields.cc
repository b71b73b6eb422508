#include "agent/api/kinds/persistent_volume/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/volume_attachment/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kVolumeAttachmentFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Listed(Default(Struct("spec", kVolumeAttachmentSpec), "{}")), "which volume, and which node"),
    Tag(3, Default(Struct("status", kVolumeAttachmentStatus), R"({"attached":false})"), "what the driver says"),
};

constexpr Field kVolumeAttachmentSpecFields[] = {
    Tag(1, Listed(String("attacher"))),
    Tag(3, Listed(String("nodeName"))),
    Tag(2, Listed(Struct("source", kVolumeAttachmentSource))),
};

constexpr Field kVolumeAttachmentSourceFields[] = {
    Tag(2, Optional(Struct("inlineVolumeSpec", kPersistentVolumeSpec))),
    Tag(1, Optional(String("persistentVolumeName"))),
};

constexpr Field kVolumeAttachmentStatusFields[] = {
    Tag(3, Optional(Struct("attachError", kVolumeError))),
    Tag(1, Listed(Bool("attached"))),
    Tag(2, Map(String("attachmentMetadata"))),
    Tag(4, Optional(Struct("detachError", kVolumeError))),
};

constexpr Field kVolumeErrorFields[] = {
    Tag(3, Optional(Int32("errorCode"))),
    Tag(2, String("message")),
    Tag(1, Time("time")),
};

}  // namespace

constinit const StructType kVolumeAttachment{"VolumeAttachment", kVolumeAttachmentFields,
                                             "a volume that a driver shall attach to a node"};
constinit const StructType kVolumeAttachmentSpec{"VolumeAttachmentSpec", kVolumeAttachmentSpecFields};
constinit const StructType kVolumeAttachmentSource{"VolumeAttachmentSource", kVolumeAttachmentSourceFields};
constinit const StructType kVolumeAttachmentStatus{"VolumeAttachmentStatus", kVolumeAttachmentStatusFields};
constinit const StructType kVolumeError{"VolumeError", kVolumeErrorFields};

}  // namespace ordinal::api::schema

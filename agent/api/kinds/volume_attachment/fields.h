// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kVolumeAttachment, kVolumeAttachmentSpec, kVolumeAttachmentSource, kVolumeAttachmentStatus,
    kVolumeError;

}  // namespace ordinal::api::schema

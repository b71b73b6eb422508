// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kCSIDriver, kCSIDriverSpec, kCSITokenRequest;

}  // namespace ordinal::api::schema

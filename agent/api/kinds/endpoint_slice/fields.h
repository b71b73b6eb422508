// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kEndpointSlice, kEndpoint, kSliceEndpointPort, kEndpointConditions, kEndpointHints, kForZone;

}  // namespace ordinal::api::schema

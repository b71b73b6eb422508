// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kEvent, kEventSeries, kEventSource, kEventsV1Event;

}  // namespace ordinal::api::schema

// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kCronJob, kCronJobSpec, kCronJobStatus, kJobTemplateSpec;

}  // namespace ordinal::api::schema

// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kCronJob, kCronJobSpec, kCronJobStatus, kJobTemplateSpec;

/// Words of its fields.
inline constexpr std::string_view kConcurrencyPolicies[] = {"Allow", "Forbid", "Replace"};

}  // namespace ordinal::api::schema

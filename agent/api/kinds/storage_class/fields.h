// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kStorageClass, kTopologySelectorTerm, kTopologySelectorLabelRequirement;

/// Words of its fields.
inline constexpr std::string_view kBindingModes[] = {"Immediate", "WaitForFirstConsumer"};

}  // namespace ordinal::api::schema

// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kNamespace, kNamespaceSpec, kNamespaceStatus, kNamespaceCondition;

/// Words of its fields.
inline constexpr std::string_view kNamespacePhases[] = {"Active", "Terminating"};

}  // namespace ordinal::api::schema

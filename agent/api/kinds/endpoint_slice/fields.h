// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kEndpointSlice, kEndpoint, kSliceEndpointPort, kEndpointConditions, kEndpointHints, kForZone;

/// Words of its fields.
inline constexpr std::string_view kAddressTypes[] = {"FQDN", "IPv4", "IPv6"};

}  // namespace ordinal::api::schema

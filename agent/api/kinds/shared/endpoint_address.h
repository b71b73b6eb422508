// Addresses that may stand behind a service (pkg/apis/core/validation, ValidateEndpointIP). Pure.
#pragma once

#include <string_view>

#include "agent/api/names.h"

namespace ordinal::api {

/// An address that means the same on every host: neither of the loopback nor of a single link, in which a service, or
/// who is proxied to it, would reach what listens for the node alone. One of IPv4 written as IPv6 counts as what it is.
Complaint CheckEndpointAddress(std::string_view text);

}  // namespace ordinal::api

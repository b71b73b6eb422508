// Rules of names that are below a domain of their makers.
#pragma once

#include <string_view>

#include "agent/api/names.h"

namespace ordinal::api {

/// A domain and a path below it: "acme.io/ingress-controller".
Complaint CheckDomainPath(std::string_view text);
/// A domain of three labels or more, "pods.policy.acme.io": the name of a webhook.
Complaint CheckFullDomain(std::string_view text);
/// A range of addresses: "192.168.1.0/24", "fd00::/8".
Complaint CheckAddressRange(std::string_view text);
/// Whether all of `inner` is in `outer` and not the other way, both of them good ranges.
bool IsStrictlyWithin(std::string_view inner, std::string_view outer);

}  // namespace ordinal::api

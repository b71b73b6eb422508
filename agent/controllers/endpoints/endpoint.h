// One pod as an endpoint of one service. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/service/view.h"

namespace ordinal::controllers::endpoints {

/// "IPv4" or "IPv6", the addressType of slices.
std::string FamilyOf(const std::string& address);
/// spec.ipFamilies; IPv4 when the service does not say.
std::vector<std::string> FamiliesOf(const api::Service& service);

/// The pod's entry in a slice of `family`. Nothing for a pod that has ended, or has no address of that family yet.
std::optional<api::Json> BuildEndpoint(const api::Service& service, const api::Pod& pod, const std::string& family);

/// The service's ports as numbers the pod listens on; ports whose name the pod does not have are left out.
api::Json BuildPorts(const api::Service& service, const api::Pod& pod);

}  // namespace ordinal::controllers::endpoints

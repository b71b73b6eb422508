// The Endpoints object of one Service (core/v1), the older form of its slices: programs written before EndpointSlice
// read it, and `kubectl get endpoints`. Pure; the rules are those of Kubernetes' endpoints controller
// (pkg/controller/endpoint): one object with the service's name, not owned by it, at most 1,000 addresses.
#pragma once

#include <optional>

#include "agent/controllers/endpoints/plan.h"

namespace ordinal::controllers::endpoints {

inline constexpr size_t kAddressesPerObject = 1000;
inline constexpr const char* kOverCapacityAnnotation = "endpoints.kubernetes.io/over-capacity";

/// The subsets of the service's pods: those with the same ports in one, ready and not ready ones apart, by address.
api::Json SubsetsOf(const api::Service& service, const api::Refs<api::Pod>& pods);

/// The document to write, or nothing when `current` says it all already. `current` is null when there is none yet.
std::optional<api::Json> EndpointsObject(const Observed& seen, const api::Object* current);

}  // namespace ordinal::controllers::endpoints

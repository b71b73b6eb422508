// The EndpointSlices of one Service, from the pods its selector matches. Pure.
//
// Slices are kept as they are where they can be: an endpoint stays in the slice that has it, new ones go where
// there is room, so that one pod's change is one small write. The names and labels are those of Kubernetes'
// endpointslice controller.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kinds/endpoint_slice/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/service/view.h"
#include "agent/api/ref.h"

namespace ordinal::controllers::endpoints {

inline constexpr size_t kEndpointsPerSlice = 100;
inline constexpr const char* kManagedByLabel = "endpointslice.kubernetes.io/managed-by";
inline constexpr const char* kManagedBy = "endpointslice-controller.k8s.io";
inline constexpr const char* kServiceNameLabel = "kubernetes.io/service-name";
inline constexpr const char* kHeadlessLabel = "service.kubernetes.io/headless";
inline constexpr const char* kTriggerTimeAnnotation = "endpoints.kubernetes.io/last-change-trigger-time";

/// The service's labels as its slices and its Endpoints object bear them.
api::StringMap CopiedLabels(const api::Service& service);

struct Observed {
  api::Service service;
  api::Refs<api::Pod> pods;              ///< those the selector matches, in any order
  api::Refs<api::EndpointSlice> slices;  ///< those this controller made for the service
  WallTime now;
};

struct Plan {
  std::vector<api::Json> create;  ///< documents with generateName
  std::vector<api::Json> update;  ///< whole documents, with the resourceVersion they were made from
  std::vector<api::Object> remove;
};

Plan MakePlan(const Observed& seen);

/// A slice that this controller made.
bool Managed(const api::Meta& slice);

}  // namespace ordinal::controllers::endpoints

// Api: the Kubernetes REST API over a store: from a request to its answer. Everything it knows of kinds comes from the
// registry (agent/api/kind.h); what is no resource of the registry is looked up in Routes.
//
//   Request ─► Routes? ─► FindRoute ─► read / write / remove / watch / subresources ─► Response
//                                          └────────────── Objects ──────────────┘
//
// Access rules are the caller's: rest/route.h says which verb on which resource a request is.
#pragma once

#include <memory>

#include "agent/apiserver/rest/call.h"
#include "agent/apiserver/rest/routes.h"
#include "agent/apiserver/watch/common.h"

namespace ordinal::apiserver {

class Api {
 public:
  using Parts = rest::Parts;

  /// What `parts` refer to outlives the Api and the streams of its watches.
  Api(Parts parts, Routes routes);

  /// Never fails: an error is a response with a Status. Called on the control thread.
  Task<http::Response> Handle(std::shared_ptr<const http::Request> request);

 private:
  Task<Result<http::Response>> Dispatch(rest::Call& call);

  Parts parts_;
  Routes routes_;
  std::shared_ptr<watch::Common> watches_;
};

/// Makes the namespaces default, kube-system, kube-public and kube-node-lease where they are missing. At start-up.
Task<Status> MakeSystemNamespaces(objects::Objects& stored);

}  // namespace ordinal::apiserver

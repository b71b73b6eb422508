// Handlers: everything the API answers, put together, and what a server of it has to know.
//
//   Server ─► may it? ─► read ─► Api ──────────► objects
//                                 ├─► discovery, OpenAPI, reviews, health
//                                 ├─► logs, usage
//                                 ├─► exec … ───► the runtime's streaming server
//                                 └─► proxy … ──► pods, endpoints, the node's own API
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/apiserver/auth/issuer_routes.h"
#include "agent/apiserver/auth/review_routes.h"
#include "agent/apiserver/health.h"
#include "agent/apiserver/proxy/proxies.h"
#include "agent/apiserver/rest/api.h"
#include "agent/apiserver/streams/exec.h"
#include "agent/apiserver/streams/logs.h"
#include "agent/apiserver/streams/metrics.h"
#include "agent/base/blocking_pool.h"
#include "agent/http/settings.h"

namespace ordinal::apiserver {

/// What the API tells that other parts know; called on the control thread.
struct Sources {
  Condition readiness, manifest_errors;  ///< as health.h has them
  streams::MeasureAll pod_usage, node_usage;
  streams::AskRuntime ask_runtime;
  auth::ReviewOfToken review_token;
  std::function<const tokens::Issuer&()> issuer;  ///< of service account tokens; asked at requests
  std::string node;                               ///< this node's name
  auth::Authorizer* access = nullptr;             ///< who may do what; outlives the handlers
  http::Handler node_proxy;                       ///< what lies below /api/v1/nodes/<node>/proxy/
};

class Handlers {
 public:
  /// What `parts` refer to outlives the handlers, and so does `pool`, on which logs are read.
  Handlers(Api::Parts parts, BlockingPool& pool, const Layout& layout, Sources sources);

  /// As Api::Handle.
  Task<http::Response> Handle(std::shared_ptr<const http::Request> request) { return api_.Handle(std::move(request)); }

  /// The settings of a server of this API: how it words refusals, who may do what, how bodies are checked and read.
  /// `access` outlives the server.
  static http::ServerSettings Settings(const auth::Authorizer& access);

 private:
  Routes MakeRoutes(Sources sources);

  streams::Logs logs_;
  streams::Sessions sessions_;
  streams::Metrics metrics_;
  proxy::Proxies proxies_;
  Api api_;
};

}  // namespace ordinal::apiserver

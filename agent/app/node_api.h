// NodeApi: the node's own API, put together: what it measures, its handlers, and a server of them, with the keys and
// roles of the Kubernetes API. Part of the composition root.
//
//   Prometheus, metrics-server ─ TLS, :10250 ─► Server ─────┐
//   kubectl get --raw /api/v1/nodes/<name>/proxy/… ─► API ──┴─► ApiHandlers ─► Figures, objects
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/apiserver/auth/authenticator.h"
#include "agent/apiserver/auth/authorizer.h"
#include "agent/app/api_front.h"
#include "agent/app/host_runtime.h"
#include "agent/app/node_logs.h"
#include "agent/app/node_pods.h"
#include "agent/http/server.h"
#include "agent/metrics/figures.h"
#include "agent/node/api/handlers.h"
#include "agent/objects/caches.h"

namespace ordinal {

class NodeApi {
 public:
  /// All of it outlives the API.
  struct Parts {
    const Config& config;
    const Layout& layout;
    Executor executor;
    Clock& clock;
    HostRuntime& runtime;
    const NodePods& pods;
    objects::Caches& caches;
    store::ObjectReader& objects;
    BlockingPool& pool;
    std::function<std::string()> waiting_for;  ///< Boot::waiting_for()
    std::function<const apiserver::auth::Authenticator&()> authenticator;
    const apiserver::auth::Authorizer& access;  ///< what callers may do
  };
  /// Before the caches run.
  explicit NodeApi(Parts parts);
  ~NodeApi();

  /// Serves from when `front` starts, with certificates of its CA. Where it cannot listen, that is logged, and the node
  /// goes on without.
  void ServeBy(ApiFront& front);
  /// Where it listens; 0: nowhere.
  int port() const { return port_; }
  /// Ends every connection.
  void Stop();

 private:
  metrics::Figures::Sources FigureSources();
  node::ApiSources ApiSources();
  void Use(const http::Certificates& certificates);
  http::ServerSettings Settings(const std::string& listen, const http::Certificates& certificates) const;

  metrics::AgentFigures AgentNow() const;
  api::Json Health() const;
  Task<Result<std::string>> PodList();

  const Parts parts_;
  const SteadyTime began_;
  metrics::Figures figures_;
  NodeLogs logs_;
  node::ApiHandlers handlers_;
  std::unique_ptr<http::Server> server_;
  int port_ = 0;
};

}  // namespace ordinal

// ApiFront: the Kubernetes API of this agent, put together: keys, HTTP front, access rules, handlers. Part of the
// composition root.
//
//   kubectl ─TLS─► Server ─► may it? ─► read ─► Api ──────────► objects
//                                                ├─► discovery, OpenAPI, reviews, health
//                                                ├─► logs ─────► log files
//                                                └─► exec … ───► the runtime's streaming server
#pragma once

#include <memory>
#include <string>

#include "agent/apiserver/auth/pki.h"
#include "agent/apiserver/rest/api.h"
#include "agent/apiserver/streams/exec.h"
#include "agent/apiserver/streams/logs.h"
#include "agent/apiserver/streams/metrics.h"
#include "agent/app/config.h"
#include "agent/base/blocking_pool.h"
#include "agent/http/server.h"
#include "agent/metrics/source.h"
#include "cri/runtime.h"
#include "cri/stats.h"
#include "cri/streaming.h"

namespace ordinal {

/// What the API works with; all of it outlives the front.
struct ApiParts {
  const Config& config;
  Executor executor;
  Clock& clock;
  Random& random;
  BlockingPool& pool;
  objects::Objects& client;
  cri::Runtime& runtime;
  cri::Streaming& streaming;
  cri::Stats& stats;
  std::function<api::Json()> readiness;  ///< {part: true | "why not"}
};

class ApiFront {
 public:
  explicit ApiFront(ApiParts parts);
  ~ApiFront();

  /// Makes keys and admin.kubeconfig where they are missing. Blocks for ten milliseconds, the first time longer; on any
  /// thread, once, before Start(). The error names what is in the way, as Start()'s does.
  Status ReadyKeys();
  /// Listens and serves; certificates are made anew in time while the agent runs on. Blocks for some milliseconds.
  Status Start();
  /// The certificate by which clients know this API, in PEM; empty before Start().
  const std::string& ca_certificate() const { return ca_certificate_; }
  /// Ends every connection.
  void Stop();

 private:
  Result<apiserver::auth::Pki> MakeKeys();
  Task<void> KeepKeysFresh();
  apiserver::Routes MakeRoutes();
  void AddReviews(apiserver::Routes& routes);
  void AddHealth(apiserver::Routes& routes);
  Task<Result<std::string>> AskRuntime(apiserver::streams::ExecAsk ask);
  Task<Result<std::string>> SandboxOf(std::string uid);

  ApiParts parts_;
  apiserver::streams::Logs logs_;
  apiserver::streams::Sessions sessions_;
  metrics::Meter meter_;
  metrics::Source usage_;
  apiserver::streams::Metrics metrics_;
  apiserver::Api api_;
  std::unique_ptr<http::Server> server_;
  apiserver::auth::Pki keys_;  ///< from ReadyKeys() to Start()
  std::string ca_certificate_;
};

/// `ordinald kubeconfig [--role admin|view|node]`: prints a kubeconfig for the agent with this state directory.
int RunKubeconfig(const Config& config, const std::string& role);

}  // namespace ordinal

// ApiFront: the Kubernetes API of this agent, put together: keys, handlers, and two servers of them, so that a crowd at
// the one keeps nobody from the other. Part of the composition root.
//
//   kubectl ─────────── TLS ─────────► Server ─┐
//   ordinald get, status ─ unix socket ► Server ┴─► Handlers
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/apiserver/auth/authenticator.h"
#include "agent/apiserver/auth/key_keeper.h"
#include "agent/apiserver/handlers.h"
#include "agent/app/config.h"
#include "agent/app/kept_sign_in.h"
#include "agent/app/kept_tokens.h"
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
  std::string socket;                               ///< path of the command socket
  apiserver::Condition readiness, manifest_errors;  ///< of apiserver/health.h
};

class ApiFront {
 public:
  explicit ApiFront(ApiParts parts);
  ~ApiFront();

  /// Makes keys and admin.kubeconfig where they are missing. Blocks for ten milliseconds, the first time longer; on any
  /// thread, once, before Start(). The error names what is in the way, as Start()'s does.
  Status ReadyKeys();
  /// Listens, on the command socket too, and serves; certificates are made anew in time while the agent runs on. Blocks
  /// for some milliseconds.
  Status Start();
  /// Signs service account tokens. After ReadyKeys().
  tokens::Issuer& accounts() { return *accounts_; }
  /// Who callers are. After Start().
  const apiserver::auth::Authenticator& authenticator() const { return *authenticator_; }
  /// What pods and the node use, as metrics.k8s.io shows it.
  metrics::Source& usage() { return usage_; }
  /// What callers may do.
  apiserver::auth::Authorizer& access() { return access_; }
  /// Of the node's own API: `use` is called by Start() and with new ones in time. Before Start().
  void OnNodeCertificates(std::function<void(const http::Certificates&)> use) { node_certificates_ = std::move(use); }
  /// What lies below /api/v1/nodes/<this node>/proxy/. Before Start().
  void ServeNodeProxy(http::Handler handler) { node_proxy_ = std::move(handler); }
  /// The certificate by which clients know this API, in PEM; empty before Start().
  const std::string& ca_certificate() const { return ca_certificate_; }
  /// Signs a request of a certificate by the API's CA. After Start(); control thread.
  Result<std::string> Sign(const std::string& request, const std::vector<std::string>& usages, Duration length);
  /// Ends every connection.
  void Stop();

 private:
  Status UseCertificates(const apiserver::auth::Pki& pki);
  Status RenewTokenKeys();
  Task<void> KeepTokenKeysFresh();
  apiserver::Sources SourcesOf();
  std::unique_ptr<http::Server> MakeServer(http::ServerSettings settings);

  ApiParts parts_;
  apiserver::auth::Authorizer access_;
  metrics::Meter meter_;
  metrics::Source usage_;
  std::unique_ptr<tokens::Issuer> accounts_;                       ///< from ReadyKeys() on
  std::unique_ptr<KeptSignIn> sign_in_;                            ///< from Start() on
  std::unique_ptr<apiserver::auth::Authenticator> authenticator_;  ///< from Start() on
  std::unique_ptr<KeptTokens> tokens_;                             ///< from Start() on
  apiserver::Handlers handlers_;
  apiserver::auth::KeyKeeper keeper_;
  std::unique_ptr<http::Server> server_, commands_;
  apiserver::auth::Pki keys_;  ///< from ReadyKeys() to Start()
  std::string ca_certificate_;
  apiserver::auth::KeyPair ca_;  ///< from Start() on
  std::function<void(const http::Certificates&)> node_certificates_;
  http::Handler node_proxy_;
};

/// `ordinald kubeconfig [--role admin|view|node | --user NAME --group G… --duration D]`: prints a kubeconfig for the
/// agent with this state directory, of a role or with a new certificate of a user.
int RunKubeconfig(const Config& config, const Command& command);

}  // namespace ordinal

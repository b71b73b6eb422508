// proxy of pods, services and nodes: every method, upgrades too.
//
//   /api/v1/namespaces/<ns>/pods/[<scheme>:]<name>[:<port>]/proxy/…   ──> the pod's address
//   /api/v1/namespaces/<ns>/services/…                                ──> a ready endpoint's, by the Endpoints
//   /api/v1/nodes/<this node>/proxy/…                                 ──> the node's own API, without a connection
//   /api/v1/nodes/<node>:<another port>/proxy/…                       ──> the node's address
//
// The caller's credentials are not handed on, so that a chain of proxies ends at the first of them that leads back
// here. https shows whatever certificate it likes, as in the reference. Control thread; errors are Status documents:
// 400 for an address that is not allowed, 503 for a server that cannot be reached (502 for one that does not switch).
#pragma once

#include <memory>
#include <string>

#include "agent/apiserver/proxy/location.h"
#include "agent/base/random.h"
#include "agent/http/message.h"
#include "agent/store/object_store.h"

namespace ordinal::apiserver::proxy {

class Proxies {
 public:
  struct OwnNode {
    std::string name;
    http::Handler api;  ///< what lies below /api/v1/nodes/<name>/proxy/
  };
  /// All of it outlives this, and the bodies of answers.
  Proxies(store::ObjectReader& store, Random& random, const Executor& executor, OwnNode node)
      : store_(store), random_(random), executor_(executor), node_(std::move(node)) {}

  // Handlers for these paths, all methods.
  Task<http::Response> Pods(std::shared_ptr<const http::Request> request);
  Task<http::Response> Services(std::shared_ptr<const http::Request> request);
  Task<http::Response> Nodes(std::shared_ptr<const http::Request> request);

  /// Whether the body of such a request goes on while it comes (http::HandsOn). Any thread.
  static bool TakesBody(const http::Request& request);

 private:
  Task<Result<Location>> Find(std::string resource, std::string ns, Named asked);
  Task<http::Response> Hand(std::string kind, std::shared_ptr<const http::Request> request);
  Task<http::Response> HandTo(Location location, std::shared_ptr<const http::Request> request);

  store::ObjectReader& store_;
  Random& random_;
  const Executor executor_;
  const OwnNode node_;
};

}  // namespace ordinal::apiserver::proxy

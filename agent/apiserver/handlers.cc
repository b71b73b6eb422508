#include "agent/apiserver/handlers.h"

#include <utility>

#include "agent/api/openapi/resources.h"
#include "agent/apiserver/access.h"
#include "agent/apiserver/discovery/discovery.h"
#include "agent/apiserver/discovery/openapi.h"
#include "agent/apiserver/failure.h"
#include "agent/apiserver/rest/body_bounds.h"
#include "agent/apiserver/rest/protobuf.h"
#include "agent/apiserver/rest/read_ahead.h"
#include "agent/apiserver/urgency.h"

namespace ordinal::apiserver {
namespace {

using Asked = std::shared_ptr<const http::Request>;

void AddDiscovery(Routes& routes) {
  for (const char* path : {"/", "/version", "/api", "/apis"}) routes.AddPlain(path, ServeDiscovery);
  for (const api::openapi::GroupVersion version : api::openapi::ServedVersions()) {
    routes.AddPlain(api::openapi::BasePath(version), ServeDiscovery);
    if (!version.group.empty()) routes.AddPlain("/apis/" + std::string(version.group), ServeDiscovery);
  }
  for (const char* path : {"/openapi/v2", "/openapi/v3", "/openapi/v3/"}) routes.AddPlain(path, ServeOpenApi);
}

}  // namespace

Handlers::Handlers(Api::Parts parts, BlockingPool& pool, const Layout& layout, Sources sources)
    : logs_(parts.stored, pool, parts.clock, layout),
      sessions_(parts.stored, std::move(sources.ask_runtime)),
      metrics_(std::move(sources.pod_usage), std::move(sources.node_usage)),
      proxies_(parts.stored, parts.random, parts.executor, {sources.node, std::move(sources.node_proxy)}),
      api_(parts, MakeRoutes(std::move(sources))) {}

Routes Handlers::MakeRoutes(Sources sources) {
  Routes routes;
  AddDiscovery(routes);
  auth::AddReviews(routes, *sources.access, std::move(sources.review_token));
  auth::AddIssuer(routes, std::move(sources.issuer));
  AddHealth(routes, std::move(sources.readiness));
  AddManifests(routes, std::move(sources.manifest_errors));
  routes.Add("/apis/metrics.k8s.io/v1beta1/", [this](Asked request) { return metrics_.Get(std::move(request)); });
  routes.AddSubresource("pods", "log", [this](Asked request) { return logs_.Get(std::move(request)); });
  routes.AddSubresource("pods", "exec", [this](Asked request) { return sessions_.Exec(std::move(request)); });
  routes.AddSubresource("pods", "attach", [this](Asked request) { return sessions_.Attach(std::move(request)); });
  routes.AddSubresource("pods", "portforward",
                        [this](Asked request) { return sessions_.PortForward(std::move(request)); });
  routes.AddSubresource("pods", "proxy", [this](Asked request) { return proxies_.Pods(std::move(request)); });
  routes.AddSubresource("services", "proxy", [this](Asked request) { return proxies_.Services(std::move(request)); });
  routes.AddSubresource("nodes", "proxy", [this](Asked request) { return proxies_.Nodes(std::move(request)); });
  return routes;
}

http::ServerSettings Handlers::Settings(const auth::Authorizer& access) {
  http::ServerSettings settings;
  settings.failure = [](int status, std::string_view message) { return Failure(status, message); };
  settings.as_accepted = rest::AnswerAsAccepted;
  settings.authorize = [&access](http::Request& request) { return Refusal(access, request); };
  settings.check_body = rest::CheckBody;
  settings.urgency = UrgencyOf;
  settings.prepare = http::Prepare{rest::TakesLong, rest::ReadAhead};
  settings.hands_on = proxy::Proxies::TakesBody;
  settings.proxied = [](const http::Request& request) { return rest::IsProxied(request.segments); };
  return settings;
}

}  // namespace ordinal::apiserver

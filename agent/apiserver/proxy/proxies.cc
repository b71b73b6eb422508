#include "agent/apiserver/proxy/proxies.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "agent/apiserver/failure.h"
#include "agent/apiserver/proxy/exchange.h"
#include "agent/apiserver/rest/route.h"
#include "agent/apiserver/streams/answers.h"
#include "agent/http/bearer.h"

namespace ordinal::apiserver::proxy {
namespace {

constexpr char kPod[] = "Pod", kService[] = "Service", kEndpoints[] = "Endpoints", kNode[] = "Node";

/// The words of the path up to "proxy".
size_t WordsBefore(const rest::Route& route) { return route.ns.empty() ? 5 : 7; }

std::string PathOfCut(const Cut& cut) { return cut.rest.substr(0, cut.rest.find('?')); }

/// An empty path is the server's "/", for which a browser has to ask with the slash: what is relative to it is
/// otherwise not below it.
std::optional<http::Response> Redirect(const http::Request& request, const Cut& cut) {
  if (!PathOfCut(cut).empty() || request.method != "GET") return std::nullopt;
  http::Response response;
  response.status = 301;
  response.content_type.clear();
  response.headers.emplace_back("Location", cut.prefix + "/" + cut.rest);
  response.body = std::string();
  return response;
}

http::Response Upgraded(const http::Request& request, const Location& location, const std::string& url) {
  http::Proxy proxy;
  proxy.url = url;
  proxy.to = "the server behind";
  proxy.any_certificate = location.scheme == "https";
  proxy.keeps_host = true;
  const std::string forwarded = ForwardedFor(request);
  if (!forwarded.empty()) proxy.set_headers.emplace_back("x-forwarded-for", forwarded);
  http::Response response;
  response.body = std::move(proxy);
  return response;
}

/// The port of a node's own API, as its object says.
std::string OwnPort(const api::Object& node) {
  const api::Json& endpoint =
      api::Member(api::Member(api::Member(node.body(), "status"), "daemonEndpoints"), "kubeletEndpoint");
  const api::Json& port = api::Member(endpoint, "Port");
  return port.is_number_integer() ? std::to_string(port.get<int>()) : "10250";
}

}  // namespace

bool Proxies::TakesBody(const http::Request& request) {
  const auto path = rest::ReadResourcePath(request.segments);
  if (!path || path->version != "v1" || path->subresource != "proxy" || http::AsksForUpgrade(request)) return false;
  return path->in_namespace && (path->resource == "pods" || path->resource == "services");
}

Task<http::Response> Proxies::Pods(std::shared_ptr<const http::Request> request) {
  return Hand(kPod, std::move(request));
}

Task<http::Response> Proxies::Services(std::shared_ptr<const http::Request> request) {
  return Hand(kService, std::move(request));
}

Task<http::Response> Proxies::Nodes(std::shared_ptr<const http::Request> request) {
  const auto route = rest::FindRoute(request->segments);
  if (!route) co_return streams::NoSuchPath();
  Result<Named> asked = ReadName("node", route->name);
  if (!asked.ok()) co_return streams::FromError(asked.error());
  if (asked->name == node_.name && asked->port.empty()) co_return co_await node_.api(std::move(request));
  api::ObjectKey key{kNode, "", asked->name};
  const auto node = co_await store_.Get(std::move(key));
  if (!node.ok() && node.error().code == ErrorCode::kNotFound) co_return streams::NotFound("nodes", asked->name);
  if (!node.ok()) co_return streams::FromError(node.error());
  const bool own_api = asked->port.empty() || asked->port == OwnPort(*node);
  if (own_api && asked->name == node_.name) co_return co_await node_.api(std::move(request));
  if (own_api) {
    co_return streams::FromError(MakeError(
        ErrorCode::kUnavailable, fmt::format("node {} is not this agent's: nobody is known there", asked->name)));
  }
  Result<Location> location = OfNode(*asked, *node);
  if (!location.ok()) co_return streams::FromError(location.error());
  co_return co_await HandTo(std::move(*location), std::move(request));
}

Task<http::Response> Proxies::Hand(std::string kind, std::shared_ptr<const http::Request> request) {
  const auto route = rest::FindRoute(request->segments);
  if (!route) co_return streams::NoSuchPath();
  const bool pod = kind == kPod;
  Result<Named> asked = ReadName(pod ? "pod" : "service", route->name);
  if (!asked.ok()) co_return streams::FromError(asked.error());
  const std::string name = asked->name;
  auto location = co_await Find(std::move(kind), route->ns, std::move(*asked));
  if (!location.ok() && location.error().code == ErrorCode::kNotFound) {
    co_return streams::NotFound(pod ? "pods" : "services", name);
  }
  if (!location.ok()) co_return streams::FromError(location.error());
  co_return co_await HandTo(std::move(*location), std::move(request));
}

Task<Result<Location>> Proxies::Find(std::string kind, std::string ns, Named asked) {
  const bool pod = kind == kPod;
  api::ObjectKey key{std::move(kind), ns, asked.name};
  CO_TRY(const api::Object object, co_await store_.Get(std::move(key)));
  if (pod) co_return OfPod(asked, object);
  api::ObjectKey of_service{kEndpoints, ns, asked.name};
  auto endpoints = co_await store_.Get(std::move(of_service));
  if (!endpoints.ok() && endpoints.error().code != ErrorCode::kNotFound) co_return endpoints.error();
  const auto choose = [this](size_t below) { return static_cast<size_t>(random_.Next() % below); };
  co_return OfService(asked, object, endpoints.ok() ? *endpoints : api::Object(api::Json::object()), choose);
}

Task<http::Response> Proxies::HandTo(Location location, std::shared_ptr<const http::Request> request) {
  const auto route = rest::FindRoute(request->segments);
  const Cut cut = CutTarget(request->target, WordsBefore(*route));
  const std::string url = location.Url() + (PathOfCut(cut).empty() ? "/" : "") + cut.rest;
  if (http::AsksForUpgrade(*request)) co_return Upgraded(*request, location, url);
  if (auto redirect = Redirect(*request, cut)) co_return std::move(*redirect);
  ExchangeTerms terms;
  terms.url = url;
  terms.path = cut.prefix + PathOfCut(cut);
  terms.rewriting = {cut.prefix, location.Authority(), std::string(request->Header("host"))};
  const auto exchange = std::make_shared<Exchange>(executor_, request, std::move(terms));
  auto answer = co_await exchange->Run();
  if (answer.ok()) co_return std::move(*answer);
  exchange->Close();
  co_return Failure(503, "ServiceUnavailable", "error trying to reach service: " + answer.error().message);
}

}  // namespace ordinal::apiserver::proxy

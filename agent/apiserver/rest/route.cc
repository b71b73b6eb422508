#include "agent/apiserver/rest/route.h"

#include <algorithm>
#include <span>

#include "agent/api/custom/definition.h"
#include "agent/http/target.h"

namespace ordinal::apiserver::rest {
namespace {

using Segments = std::span<const std::string>;

const api::KindInfo* FindKind(const std::string& api_version, const std::string& plural) {
  for (const api::KindInfo* kind : api::AllKinds()) {
    if (kind->plural == plural && api::IsServed(*kind, api_version)) return kind;
  }
  return nullptr;
}

/// Takes "v1" or "<group>/<version>" off the front; empty when the path has none.
std::string TakeVersion(Segments& path) {
  if (path.size() >= 3 && path[0] == "api") {
    const std::string version = path[1];
    path = path.subspan(2);
    return version;
  }
  if (path.size() >= 4 && path[0] == "apis") {
    std::string version = path[1] + "/" + path[2];
    path = path.subspan(3);
    return version;
  }
  return {};
}

/// Whether "namespaces/<ns>/…" goes on to a resource in the namespace: /status and /finalize are the namespace's own.
bool EntersNamespace(Segments path) {
  return path.size() > 2 && path[0] == "namespaces" && path[2] != "status" && path[2] != "finalize";
}

}  // namespace

std::optional<ResourcePath> ReadResourcePath(const std::vector<std::string>& segments) {
  if (!http::PlainSegments(segments)) return std::nullopt;
  Segments path(segments);
  ResourcePath out;
  out.version = TakeVersion(path);
  if (out.version.empty()) return std::nullopt;
  if (path.size() > 1 && path[0] == "watch") {
    out.watch = true;
    path = path.subspan(1);
  }
  out.in_namespace = EntersNamespace(path);
  if (out.in_namespace) {
    out.ns = path[1];
    path = path.subspan(2);
  }
  out.words = path.size();
  out.resource = path[0];
  if (path.size() > 1) out.name = path[1];
  if (path.size() > 2) out.subresource = path[2];
  return out;
}

std::optional<Route> FindRoute(const std::vector<std::string>& segments) {
  std::optional<ResourcePath> path = ReadResourcePath(segments);
  if (!path) return std::nullopt;
  Route route;
  route.kind = FindKind(path->version, path->resource);
  if (route.kind == nullptr || (path->in_namespace && !route.kind->namespaced)) return std::nullopt;
  // An object of a namespace has no name outside it.
  const bool misplaced = path->name.empty() || (route.kind->namespaced && !path->in_namespace);
  if (path->words > 1 && misplaced) return std::nullopt;
  // Only what is proxied has a path of its own behind the subresource.
  if (path->words > 3 && path->subresource != "proxy") return std::nullopt;
  if (path->watch && !path->subresource.empty()) return std::nullopt;  // only objects are watched
  route.held = api::custom::HoldOf(*route.kind);
  route.version = std::move(path->version);
  route.ns = std::move(path->ns);
  route.name = std::move(path->name);
  route.subresource = std::move(path->subresource);
  route.watch = path->watch;
  return route;
}

bool IsProxied(const std::vector<std::string>& segments) {
  if (std::find(segments.begin(), segments.end(), "proxy") == segments.end()) return false;  // as most
  const std::optional<ResourcePath> path = ReadResourcePath(segments);
  return path && path->subresource == "proxy";
}

bool Flag(const http::Request& request, std::string_view name) {
  if (!request.HasQuery(name)) return false;
  std::string value(request.Query(name));
  for (char& c : value) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return value != "false" && value != "0";
}

std::string_view VerbOf(const http::Request& request, const Route& route) {
  return VerbOf(request, route.collection(), route.watch);
}

std::string_view VerbOf(const http::Request& request, bool collection, bool watch) {
  const std::string& method = request.method;
  if (method == "GET" || method == "HEAD") {
    if (watch || Flag(request, "watch")) return "watch";
    return collection ? "list" : "get";
  }
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return collection ? "deletecollection" : "delete";
  return {};
}

}  // namespace ordinal::apiserver::rest

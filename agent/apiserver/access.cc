#include "agent/apiserver/access.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/apiserver/auth/impersonation.h"
#include "agent/apiserver/rest/route.h"

namespace ordinal::apiserver {
namespace {

constexpr std::array<std::string_view, 4> kSessions = {"exec", "attach", "portforward", "proxy"};

}  // namespace

auth::Attributes AttributesOf(const http::Request& request) {
  auth::Attributes out;
  const std::optional<rest::ResourcePath> path = rest::ReadResourcePath(request.segments);
  if (!path) {
    out.path = request.target.substr(0, request.target.find('?'));
    out.verb = request.method == "HEAD" ? "get" : request.method;
    std::transform(out.verb.begin(), out.verb.end(), out.verb.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
  }
  const size_t slash = path->version.find('/');
  if (slash != std::string::npos) out.group = path->version.substr(0, slash);
  out.resource = path->resource;
  out.name = path->name;
  out.subresource = path->subresource;
  out.ns = path->resource == "namespaces" ? path->name : path->ns;  // a namespace is in itself
  out.verb = rest::VerbOf(request, out.name.empty(), path->watch);
  if (std::find(kSessions.begin(), kSessions.end(), out.subresource) != kSessions.end()) out.verb = "create";
  return out;
}

std::optional<http::Response> Refusal(const http::Request& request) {
  if (auto refused = auth::RefuseImpersonation(request)) return refused;
  const auth::Attributes attributes = AttributesOf(request);
  if (auth::Allowed(request.user, attributes)) return std::nullopt;
  return auth::Forbidden(request.user, attributes);
}

}  // namespace ordinal::apiserver

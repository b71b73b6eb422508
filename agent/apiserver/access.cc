#include "agent/apiserver/access.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/api/names.h"
#include "agent/apiserver/auth/impersonation.h"
#include "agent/apiserver/auth/users.h"
#include "agent/apiserver/failure.h"
#include "agent/apiserver/rest/protobuf.h"
#include "agent/apiserver/rest/route.h"

namespace ordinal::apiserver {
namespace {

constexpr std::array<std::string_view, 3> kSessions = {"exec", "attach", "portforward"};

/// The value of `metadata.name=VALUE` among the terms of a field selector. One that is escaped, or could be no name in
/// a path, is none.
std::string SelectedName(std::string_view selector) {
  while (!selector.empty()) {
    const size_t end = std::min(selector.find(','), selector.size());
    std::string_view term = selector.substr(0, end);
    selector.remove_prefix(std::min(end + 1, selector.size()));
    constexpr std::string_view kField = "metadata.name=";
    if (!term.starts_with(kField)) continue;
    term.remove_prefix(kField.size());
    if (term.starts_with('=')) term.remove_prefix(1);
    const bool plain = !term.empty() && term.find_first_of("\\=!") == std::string_view::npos;
    if (plain && !api::CheckPathSegment(term)) return std::string(term);
  }
  return {};
}

/// Until all roles are read: rights grow with each, so that what one of them permits is permitted, but the rights of
/// who writes a role, and answers about rights, are those of all roles together.
bool NeedsAllRoles(const http::User& user, const auth::Attributes& attributes, bool allowed) {
  if (attributes.group == "authorization.k8s.io") return true;
  return !auth::IsMaster(user) && (!allowed || attributes.path.empty());
}

/// Clients come again by themselves at this header.
http::Response Later() {
  http::Response response =
      Failure(503, "ServiceUnavailable", "the agent starts and has not read all roles", {{"retryAfterSeconds", 1}});
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

std::optional<http::Response> RefusalInJson(const auth::Authorizer& access, http::Request& request) {
  const bool complete = access.complete();  // before any question: what is refused after it is refused rightly
  if (auto refused = auth::Impersonate(access, request)) return complete || refused->status != 403 ? refused : Later();
  request.user.writes = access.Writes(request.user);
  const auth::Attributes attributes = AttributesOf(request);
  const bool allowed = access.Allows(request.user, attributes);
  if (!complete && NeedsAllRoles(request.user, attributes, allowed)) return Later();
  if (allowed) return std::nullopt;
  return auth::Forbidden(request.user, attributes, access.Reason(request.user, attributes));
}

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
  // The query is the server's behind it.
  if (out.subresource == "proxy" && out.verb == "watch" && !path->watch) out.verb = "get";
  const bool several = out.name.empty() && (out.verb == "list" || out.verb == "watch");
  if (several && rest::FindRoute(request.segments)) out.name = SelectedName(request.Query("fieldSelector"));
  if (std::find(kSessions.begin(), kSessions.end(), out.subresource) != kSessions.end()) out.verb = "create";
  return out;
}

std::optional<http::Response> Refusal(const auth::Authorizer& access, http::Request& request) {
  auto refused = RefusalInJson(access, request);
  if (refused) rest::AnswerAsAccepted(request, *refused);
  return refused;
}

}  // namespace ordinal::apiserver

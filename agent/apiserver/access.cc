#include "agent/apiserver/access.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/apiserver/rest/route.h"

namespace ordinal::apiserver {
namespace {

constexpr std::array<std::string_view, 4> kSessions = {"exec", "attach", "portforward", "proxy"};

std::string_view VerbOf(const Request& request, const auth::Attributes& attributes) {
  const bool one = !attributes.name.empty();
  if (request.method == "GET" || request.method == "HEAD") {
    if (rest::Flag(request, "watch")) return "watch";
    return one ? "get" : "list";
  }
  if (request.method == "POST") return "create";
  if (request.method == "PUT") return "update";
  if (request.method == "PATCH") return "patch";
  if (request.method == "DELETE") return one ? "delete" : "deletecollection";
  return "";
}

/// What follows the group and version: [namespaces/<ns>/]<resource>[/<name>[/<subresource>]].
void ReadResource(const std::vector<std::string>& segments, size_t at, auth::Attributes& out) {
  const auto word = [&](size_t index) { return index < segments.size() ? segments[index] : std::string(); };
  // "namespaces/x" alone, and its status, are about the namespace itself.
  const bool within =
      word(at) == "namespaces" && segments.size() > at + 2 && word(at + 2) != "status" && word(at + 2) != "finalize";
  if (word(at) == "namespaces") out.ns = word(at + 1);
  if (within) at += 2;
  out.resource = word(at);
  out.name = word(at + 1);
  out.subresource = word(at + 2);
}

}  // namespace

auth::Attributes AttributesOf(const Request& request) {
  auth::Attributes out;
  const std::vector<std::string>& segments = request.segments;
  const bool core = segments.size() > 2 && segments[0] == "api";
  const bool grouped = segments.size() > 3 && segments[0] == "apis";
  if (!core && !grouped) {
    out.path = request.target.substr(0, request.target.find('?'));
    out.verb = request.method == "HEAD" ? "get" : request.method;
    std::transform(out.verb.begin(), out.verb.end(), out.verb.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
  }
  if (grouped) out.group = segments[1];
  size_t at = core ? 2 : 3;
  const bool old_watch = segments[at] == "watch" && segments.size() > at + 1;
  if (old_watch) ++at;
  ReadResource(segments, at, out);
  out.verb = old_watch ? "watch" : VerbOf(request, out);
  if (std::find(kSessions.begin(), kSessions.end(), out.subresource) != kSessions.end()) out.verb = "create";
  return out;
}

std::optional<Response> Refusal(const Request& request) {
  const auth::Attributes attributes = AttributesOf(request);
  if (auth::Allowed(request.user, attributes)) return std::nullopt;
  return auth::Forbidden(request.user, attributes);
}

Handler Guarded(Handler handler) {
  return [handler = std::move(handler)](std::shared_ptr<const Request> request) -> Task<Response> {
    std::optional<Response> refusal = Refusal(*request);
    if (refusal) co_return std::move(*refusal);
    Response response = co_await handler(std::move(request));
    co_return response;
  };
}

}  // namespace ordinal::apiserver

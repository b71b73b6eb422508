#include "agent/node/api/access.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ordinal::node {
namespace {

constexpr std::pair<std::string_view, std::string_view> kRights[] = {
    {"checkpoint", "checkpoint"}, {"configz", "configz"}, {"healthz", "healthz"},  {"logs", "log"},
    {"metrics", "metrics"},       {"pods", "pods"},       {"runningpods", "pods"}, {"spec", "spec"},
    {"stats", "stats"},
};
/// Those came with fine-grained authorisation: the right to everything, "proxy", was asked for before.
constexpr std::string_view kFineGrained[] = {"configz", "healthz", "pods"};

constexpr std::pair<std::string_view, std::string_view> kVerbs[] = {
    {"GET", "get"}, {"HEAD", "get"}, {"POST", "create"}, {"PUT", "update"}, {"PATCH", "patch"}, {"DELETE", "delete"}};

bool Open(const http::Request& request) {
  return request.segments.size() == 1 && request.segments.front() == "healthz" && AccessVerbOf(request) == "get";
}

}  // namespace

std::vector<std::string_view> SubresourcesOf(const http::Request& request) {
  const std::string_view first = request.segments.empty() ? std::string_view() : request.segments.front();
  for (const auto& [path, right] : kRights) {
    if (first != path) continue;
    const bool fine = std::find(std::begin(kFineGrained), std::end(kFineGrained), right) != std::end(kFineGrained);
    return fine ? std::vector{right, std::string_view("proxy")} : std::vector{right};
  }
  return {"proxy"};
}

std::string_view AccessVerbOf(const http::Request& request) {
  for (const auto& [method, verb] : kVerbs) {
    if (request.method == method) return verb;
  }
  return {};
}

std::optional<http::Response> RefuseAccess(const Access& access, const http::Request& request) {
  if (Open(request)) return std::nullopt;
  if (!access.known(request.user)) return PlainText(401, "Unauthorized");
  const std::string_view verb = AccessVerbOf(request);
  const bool complete = !access.complete || access.complete();  // before the question, that "no" is no stale one
  const std::vector<std::string_view> rights = SubresourcesOf(request);
  const auto granted = [&](std::string_view right) { return access.may(request.user, verb, right); };
  if (!verb.empty() && std::any_of(rights.begin(), rights.end(), granted)) return std::nullopt;
  if (!complete) {
    http::Response later = PlainText(503, "the agent starts and has not read all roles; try again in a second");
    later.headers.emplace_back("Retry-After", "1");
    return later;
  }
  return PlainText(403, fmt::format("Forbidden (user={}, verb={}, resource=nodes, subresource(s)=[{}])",
                                    request.user.name, verb, fmt::join(rights, " ")));
}

http::Response PlainText(int status, std::string text) {
  http::Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  text += '\n';
  response.body = std::move(text);
  return response;
}

}  // namespace ordinal::node

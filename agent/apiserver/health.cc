#include "agent/apiserver/health.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/apiserver/rest/status.h"

namespace ordinal::apiserver {
namespace {

/// "ok", or with ?verbose or a failure one line a part, as the reference writes them.
http::Response Answer(const api::Json& parts, const std::string& name, const http::Request& request) {
  http::Response response;
  response.content_type = "text/plain; charset=utf-8";
  const bool healthy = std::all_of(parts.begin(), parts.end(), [](const api::Json& part) { return part == true; });
  response.status = healthy ? 200 : 500;
  std::string text;
  for (const auto& [part, state] : parts.items()) {
    text += state == true ? fmt::format("[+]{} ok\n", part)
                          : fmt::format("[-]{} failed: {}\n", part, state.get<std::string>());
  }
  text += fmt::format("{} check {}\n", name, healthy ? "passed" : "failed");
  response.body = healthy && !request.HasQuery("verbose") ? std::string("ok") : text;
  return response;
}

}  // namespace

void AddHealth(Routes& routes, Condition readiness) {
  for (const char* name : {"healthz", "livez"}) {
    routes.AddPlain(std::string("/") + name, [name](const http::Request& request) {
      return Answer(api::Json{{"ping", true}}, name, request);
    });
  }
  routes.AddPlain("/readyz", [readiness = std::move(readiness)](const http::Request& request) {
    return Answer(readiness(), "readyz", request);
  });
}

void AddManifests(Routes& routes, Condition errors) {
  routes.AddPlain("/ordinal/manifests", [errors = std::move(errors)](const http::Request& request) {
    if (request.method != "GET") return rest::Refuse(rest::MethodNotAllowed());
    http::Response response;
    // The name of a file need not be a text.
    response.body = errors().dump(-1, ' ', false, api::Json::error_handler_t::replace) + "\n";
    return response;
  });
}

}  // namespace ordinal::apiserver

#include "agent/apiserver/discovery/openapi.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

#include "agent/api/custom/publish.h"
#include "agent/api/openapi/document.h"
#include "agent/apiserver/discovery/accept.h"
#include "agent/apiserver/discovery/answer.h"

namespace ordinal::apiserver {
namespace {

using api::Json;
using api::openapi::GroupVersion;

constexpr std::string_view kJson = "application/json";
// Clients ask for the name with "@", which is no proper media type: they fail to read it in an answer.
constexpr std::string_view kProtobuf = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
constexpr std::string_view kProtobufAt = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

struct Document {
  std::string name;  ///< tells it from the others
  std::string content_type;
  std::function<std::string()> write;
};

/// A document of all kinds, or of a group that a definition may have.
bool DependsOnDefinitions(const std::string& name) {
  return name.starts_with("v2") || (name.starts_with("/apis/") && name.find('.') != std::string::npos);
}

/// A document depends on the program and on what definitions there are, so its hash is taken once for each. Asked for
/// by the control thread, and by the HTTP thread for the index.
std::string HashOf(const Document& document) {
  static std::mutex mutex;
  static std::map<std::string, std::string> hashes;
  static uint64_t generation = 0;
  const uint64_t now = api::KindsGeneration();
  const std::scoped_lock lock(mutex);
  if (now != generation) std::erase_if(hashes, [](const auto& each) { return DependsOnDefinitions(each.first); });
  generation = now;
  auto [hash, added] = hashes.try_emplace(document.name);
  if (added) hash->second = discovery::ContentHash(document.write());
  return hash->second;
}

Document V3(GroupVersion version) {
  return {BasePath(version), std::string(kJson), [version] { return api::openapi::DocumentV3(version); }};
}

std::string AddressOf(GroupVersion version) {
  return "/openapi/v3" + BasePath(version) + "?hash=" + HashOf(V3(version));
}

/// The first accepted of `offered`.
std::optional<std::string_view> Negotiate(const http::Request& request,
                                          std::initializer_list<std::string_view> offered) {
  for (const auto& asked : discovery::ParseAccept(request.Header("accept"))) {
    for (const std::string_view type : offered) {
      if (discovery::Accepts(asked, type)) return type;
    }
  }
  return std::nullopt;
}

http::Response NotAcceptable(std::string_view offered) {
  return discovery::Failure(406, "NotAcceptable", "served here: " + std::string(offered) + "; Accept names none of it");
}

http::Response Send(const http::Request& request, const Document& document, const std::string& cache_control) {
  const std::string etag = "\"" + HashOf(document) + "\"";
  http::Response response{.content_type = document.content_type,
                          .headers = {{"ETag", etag}, {"Vary", "Accept"}, {"Cache-Control", cache_control}},
                          .body = ""};
  if (discovery::NotModified(request, etag)) {
    response.status = 304;
  } else {
    response.body = document.write;
  }
  return response;
}

http::Response ServeV2(const http::Request& request) {
  const auto type = Negotiate(request, {kJson, kProtobuf, kProtobufAt});
  if (!type.has_value()) return NotAcceptable("application/json, " + std::string(kProtobuf));
  if (*type == kJson) return Send(request, {"v2", std::string(kJson), api::openapi::DocumentV2}, "no-cache");
  return Send(request, {"v2 protobuf", std::string(kProtobuf), api::openapi::DocumentV2Protobuf}, "no-cache");
}

/// The group version a path below /openapi/v3 names, when it is served; with views that outlive the request.
std::optional<GroupVersion> Named(const std::vector<std::string>& path) {
  GroupVersion named;
  if (path.size() == 4 && path[2] == "api") named = {"", path[3]};
  if (path.size() == 5 && path[2] == "apis" && !path[3].empty()) named = {path[3], path[4]};
  const auto served = api::openapi::ServedVersions();
  const auto found = std::find(served.begin(), served.end(), named);
  return found == served.end() ? std::nullopt : std::optional(*found);
}

http::Response ServeV3(const http::Request& request) {
  const auto version = Named(request.segments);
  if (!version.has_value()) return discovery::PathNotFound();
  if (!Negotiate(request, {kJson})) return NotAcceptable(kJson);
  const Document document = V3(*version);
  if (!request.HasQuery("hash")) return Send(request, document, "no-cache");
  if (request.Query("hash") != HashOf(document)) {
    return {.status = 301, .headers = {{"Location", AddressOf(*version)}}, .body = ""};
  }
  return Send(request, document, "public, immutable, max-age=31536000");
}

}  // namespace

namespace discovery {

std::string OpenApiIndex() {
  Json paths = Json::object();
  for (const GroupVersion version : api::openapi::ServedVersions()) {
    paths[BasePath(version).substr(1)] = {{"serverRelativeURL", AddressOf(version)}};
  }
  return Json{{"paths", std::move(paths)}}.dump();
}

}  // namespace discovery

http::Response ServeOpenApi(const http::Request& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    return discovery::Failure(405, "MethodNotAllowed",
                              "the server does not allow this method on the requested resource");
  }
  std::vector<std::string> path = request.segments;
  if (!path.empty() && path.back().empty()) path.pop_back();  // "/openapi/v3/"
  if (path.size() < 2 || path[0] != "openapi") return discovery::PathNotFound();
  if (path.size() == 2 && path[1] == "v2") return ServeV2(request);
  if (path.size() == 2 && path[1] == "v3") {
    if (!Negotiate(request, {kJson})) return NotAcceptable(kJson);
    return {.headers = {{"Vary", "Accept"}}, .body = std::function<std::string()>(discovery::OpenApiIndex)};
  }
  return path[1] == "v3" ? ServeV3(request) : discovery::PathNotFound();
}

}  // namespace ordinal::apiserver

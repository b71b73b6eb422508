#include "agent/apiserver/discovery/openapi.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "agent/api/custom/definition.h"
#include "agent/api/openapi/document.h"
#include "agent/apiserver/discovery/accept.h"
#include "agent/apiserver/discovery/answer.h"

namespace ordinal::apiserver {
namespace {

using api::Json;
using api::openapi::GroupVersion;
using api::openapi::KindList;

constexpr std::string_view kJson = "application/json";
// Clients ask for the name with "@", which is no proper media type: they fail to read it in an answer.
constexpr std::string_view kProtobuf = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
constexpr std::string_view kProtobufAt = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

// Groups come and go with definitions; more than anybody has at once.
constexpr size_t kMostHashes = 2000;

struct Document {
  std::string name;                  ///< tells it from the others
  std::optional<std::string> group;  ///< none: it is of all
  std::string content_type;
  KindList kinds;                      ///< that it is written of, also where others come meanwhile
  std::function<std::string()> write;  ///< of `kinds`; called within the request (publish.h says how long they stay)
};

/// What a document depends on beside the program: the descriptions of the custom kinds that are in it.
std::vector<uint64_t> DescriptionsIn(const Document& document) {
  std::vector<uint64_t> serials;
  for (const api::KindInfo* kind : document.kinds) {
    const bool in = kind->custom != nullptr && (!document.group || *document.group == kind->group);
    if (in) serials.push_back(kind->custom->serial());
  }
  return serials;
}

/// Its hash is taken once for each of these. Asked for by the control thread, and by the HTTP thread for the index: no
/// document is written while others wait.
std::string HashOf(const Document& document) {
  struct Known {
    std::vector<uint64_t> of;
    std::string hash;
  };
  static std::mutex mutex;
  static std::map<std::string, Known> hashes;
  std::vector<uint64_t> of = DescriptionsIn(document);
  {
    const std::scoped_lock lock(mutex);
    const auto known = hashes.find(document.name);
    if (known != hashes.end() && known->second.of == of) return known->second.hash;
  }
  std::string hash = discovery::ContentHash(document.write());
  const std::scoped_lock lock(mutex);
  if (hashes.size() >= kMostHashes) hashes.clear();
  hashes[document.name] = {std::move(of), hash};
  return hash;
}

Document V3(GroupVersion version, KindList kinds) {
  return {BasePath(version), std::string(version.group), std::string(kJson), kinds,
          [version, kinds] { return api::openapi::DocumentV3(version, kinds); }};
}

Document V2(KindList kinds) {
  return {"v2", std::nullopt, std::string(kJson), kinds, [kinds] { return api::openapi::DocumentV2(kinds); }};
}

Document V2Protobuf(KindList kinds) {
  return {"v2 protobuf", std::nullopt, std::string(kProtobuf), kinds,
          [kinds] { return api::openapi::DocumentV2Protobuf(kinds); }};
}

std::string AddressOf(GroupVersion version, KindList kinds) {
  return "/openapi/v3" + BasePath(version) + "?hash=" + HashOf(V3(version, kinds));
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
  const KindList kinds = api::AllKinds();
  return Send(request, *type == kJson ? V2(kinds) : V2Protobuf(kinds), "no-cache");
}

/// The group version a path below /openapi/v3 names, when it is served; with views that outlive the request.
std::optional<GroupVersion> Named(const std::vector<std::string>& path, KindList kinds) {
  GroupVersion named;
  if (path.size() == 4 && path[2] == "api") named = {"", path[3]};
  if (path.size() == 5 && path[2] == "apis" && !path[3].empty()) named = {path[3], path[4]};
  const auto served = api::openapi::ServedVersions(kinds);
  const auto found = std::find(served.begin(), served.end(), named);
  return found == served.end() ? std::nullopt : std::optional(*found);
}

http::Response ServeV3(const http::Request& request) {
  const KindList kinds = api::AllKinds();
  const auto version = Named(request.segments, kinds);
  if (!version.has_value()) return discovery::PathNotFound();
  if (!Negotiate(request, {kJson})) return NotAcceptable(kJson);
  const Document document = V3(*version, kinds);
  if (!request.HasQuery("hash")) return Send(request, document, "no-cache");
  if (request.Query("hash") != HashOf(document)) {
    return {.status = 301, .headers = {{"Location", AddressOf(*version, kinds)}}, .body = ""};
  }
  return Send(request, document, "public, immutable, max-age=31536000");
}

}  // namespace

namespace discovery {

std::string OpenApiIndex() {
  Json paths = Json::object();
  const KindList kinds = api::AllKinds();
  for (const GroupVersion version : api::openapi::ServedVersions(kinds)) {
    paths[BasePath(version).substr(1)] = {{"serverRelativeURL", AddressOf(version, kinds)}};
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

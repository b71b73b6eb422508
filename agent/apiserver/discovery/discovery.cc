#include "agent/apiserver/discovery/discovery.h"

#include <algorithm>
#include <set>

#include "agent/apiserver/discovery/accept.h"
#include "agent/apiserver/discovery/answer.h"

namespace ordinal::apiserver {
namespace discovery {
namespace {

using api::Json;
using api::openapi::Group;
using api::openapi::GroupVersion;
using api::openapi::Resource;

Json Strings(std::span<const std::string_view> words) { return std::vector<std::string>(words.begin(), words.end()); }

Json GroupOf(const Group& group) {
  Json versions = Json::array();
  for (const std::string_view version : group.versions) {
    versions.push_back({{"groupVersion", ToString(GroupVersion{group.name, version})}, {"version", version}});
  }
  return {{"name", group.name}, {"versions", versions}, {"preferredVersion", versions.front()}};
}

bool Served(GroupVersion group_version) {
  const auto versions = api::openapi::ServedVersions();
  return std::find(versions.begin(), versions.end(), group_version) != versions.end();
}

Json ResourceOf(const Resource& resource, GroupVersion list) {
  std::string name(resource.plural);
  if (!resource.subresource.empty()) name += "/" + std::string(resource.subresource);
  Json json = {{"name", name},
               {"singularName", resource.singular},
               {"namespaced", resource.namespaced},
               {"kind", resource.kind},
               {"verbs", Strings(resource.verbs)}};
  if (resource.kind_version != list) {
    json["group"] = resource.kind_version.group;
    json["version"] = resource.kind_version.version;
  }
  if (!resource.short_names.empty()) json["shortNames"] = Strings(resource.short_names);
  if (!resource.categories.empty()) json["categories"] = Strings(resource.categories);
  return json;
}

/// Empty group and version: those of the list.
Json ResponseKind(const Resource& resource, GroupVersion list) {
  const GroupVersion named = resource.kind_version == list ? GroupVersion{} : resource.kind_version;
  return {{"group", named.group}, {"version", named.version}, {"kind", resource.kind}};
}

Json AggregatedVersion(GroupVersion group_version) {
  Json resources = Json::array();
  for (const Resource& resource : api::openapi::ServedResources(group_version)) {
    if (!resource.subresource.empty()) {
      resources.back()["subresources"].push_back({{"subresource", resource.subresource},
                                                  {"responseKind", ResponseKind(resource, group_version)},
                                                  {"verbs", Strings(resource.verbs)}});
      continue;
    }
    Json json = {{"resource", resource.plural},
                 {"responseKind", ResponseKind(resource, group_version)},
                 {"scope", resource.namespaced ? "Namespaced" : "Cluster"},
                 {"singularResource", resource.singular},
                 {"verbs", Strings(resource.verbs)}};
    if (!resource.short_names.empty()) json["shortNames"] = Strings(resource.short_names);
    if (!resource.categories.empty()) json["categories"] = Strings(resource.categories);
    resources.push_back(std::move(json));
  }
  return {{"version", group_version.version}, {"resources", std::move(resources)}, {"freshness", "Current"}};
}

}  // namespace

Json ApiVersions(std::string_view server_address) {
  const Json everywhere = {{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", server_address}};
  return {{"kind", "APIVersions"}, {"versions", {"v1"}}, {"serverAddressByClientCIDRs", Json::array({everywhere})}};
}

Json ApiGroupList() {
  Json groups = Json::array();
  for (const Group& group : api::openapi::ServedGroups()) {
    if (!group.name.empty()) groups.push_back(GroupOf(group));
  }
  return {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(groups)}};
}

std::optional<Json> ApiGroup(std::string_view name) {
  for (const Group& group : api::openapi::ServedGroups()) {
    if (name.empty() || group.name != name) continue;
    Json json = GroupOf(group);
    json["kind"] = "APIGroup";
    json["apiVersion"] = "v1";
    return json;
  }
  return std::nullopt;
}

std::optional<Json> ApiResourceList(GroupVersion group_version) {
  if (!Served(group_version)) return std::nullopt;
  Json resources = Json::array();
  for (const Resource& resource : api::openapi::ServedResources(group_version)) {
    resources.push_back(ResourceOf(resource, group_version));
  }
  Json json = {
      {"kind", "APIResourceList"}, {"groupVersion", ToString(group_version)}, {"resources", std::move(resources)}};
  // The reference writes no apiVersion for the core group; clients of its first years knew none.
  if (!group_version.group.empty()) json["apiVersion"] = "v1";
  return json;
}

Json Aggregated(bool core, std::string_view version) {
  Json items = Json::array();
  for (const Group& group : api::openapi::ServedGroups()) {
    if (group.name.empty() != core) continue;
    Json metadata = {{"creationTimestamp", nullptr}};
    if (!core) metadata["name"] = group.name;
    Json versions = Json::array();
    for (const std::string_view each : group.versions) versions.push_back(AggregatedVersion({group.name, each}));
    items.push_back({{"metadata", std::move(metadata)}, {"versions", std::move(versions)}});
  }
  return {{"kind", "APIGroupDiscoveryList"},
          {"apiVersion", "apidiscovery.k8s.io/" + std::string(version)},
          {"metadata", Json::object()},
          {"items", std::move(items)}};
}

Json Version() {
#if defined(__aarch64__)
  constexpr std::string_view kPlatform = "linux/arm64";
#else
  constexpr std::string_view kPlatform = "linux/amd64";
#endif
  // Clients compare major and minor with their own; the rest is shown to people. No Go made this server.
  return {{"major", "1"},    {"minor", "32"},      {"gitVersion", "v1.32.0+ordinal"},
          {"gitCommit", ""}, {"gitTreeState", ""}, {"buildDate", "1970-01-01T00:00:00Z"},
          {"goVersion", ""}, {"compiler", "gcc"},  {"platform", kPlatform}};
}

Json RootPaths() {
  std::set<std::string> paths = {"/.well-known/openid-configuration",
                                 "/api",
                                 "/apis",
                                 "/apis/",
                                 "/healthz",
                                 "/livez",
                                 "/openapi/v2",
                                 "/openapi/v3",
                                 "/openapi/v3/",
                                 "/openid/v1/jwks",
                                 "/readyz",
                                 "/version"};
  for (const GroupVersion each : api::openapi::ServedVersions()) {
    paths.insert(BasePath(each));
    if (!each.group.empty()) paths.insert("/apis/" + std::string(each.group));
  }
  return {{"paths", paths}};
}

}  // namespace discovery

namespace {

using api::Json;

/// The version of aggregated discovery wanted, "" for legacy discovery, nothing when neither is accepted.
std::optional<std::string> WantedForm(const http::Request& request) {
  for (const auto& asked : discovery::ParseAccept(request.Header("accept"))) {
    if (!discovery::Accepts(asked, "application/json")) continue;
    const auto as = asked.params.find("as");
    if (as == asked.params.end()) return "";
    const auto version = asked.params.find("v"), group = asked.params.find("g");
    if (as->second != "APIGroupDiscoveryList" || version == asked.params.end() || group == asked.params.end()) continue;
    if (group->second != "apidiscovery.k8s.io") continue;
    if (version->second == "v2" || version->second == "v2beta1") return version->second;
  }
  return std::nullopt;
}

http::Response Answer(const http::Request& request, const Json& document, const std::string& content_type) {
  std::string text = document.dump();
  const std::string etag = "\"" + discovery::ContentHash(text) + "\"";
  http::Response response{.content_type = content_type, .headers = {{"ETag", etag}, {"Vary", "Accept"}}, .body = ""};
  if (discovery::NotModified(request, etag)) {
    response.status = 304;
  } else {
    response.body = std::move(text);
  }
  return response;
}

std::optional<Json> Legacy(const http::Request& request) {
  const auto& path = request.segments;
  const std::string_view host = request.Header("host");
  if (path.empty()) return discovery::RootPaths();
  if (path.size() == 1 && path[0] == "version") return discovery::Version();
  if (path.size() == 1 && path[0] == "api") return discovery::ApiVersions(host.empty() ? "127.0.0.1:6443" : host);
  if (path.size() == 1 && path[0] == "apis") return discovery::ApiGroupList();
  if (path.size() == 2 && path[0] == "api") return discovery::ApiResourceList({"", path[1]});
  if (path.size() == 2 && path[0] == "apis") return discovery::ApiGroup(path[1]);
  if (path.size() == 3 && path[0] == "apis") return discovery::ApiResourceList({path[1], path[2]});
  return std::nullopt;
}

}  // namespace

http::Response ServeDiscovery(const http::Request& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    return discovery::Failure(405, "MethodNotAllowed",
                              "the server does not allow this method on the requested resource");
  }
  const auto& path = request.segments;
  const auto form = WantedForm(request);
  const bool both = path.size() == 1 && (path[0] == "api" || path[0] == "apis");
  if (both && form.has_value() && !form->empty()) {
    return Answer(request, discovery::Aggregated(path[0] == "api", *form),
                  "application/json;g=apidiscovery.k8s.io;v=" + *form + ";as=APIGroupDiscoveryList");
  }
  const auto document = Legacy(request);
  if (!document.has_value()) return discovery::PathNotFound();
  if (!form.has_value()) {
    return discovery::Failure(406, "NotAcceptable", "only application/json is served here; Accept names none of it");
  }
  return Answer(request, *document, "application/json");
}

}  // namespace ordinal::apiserver

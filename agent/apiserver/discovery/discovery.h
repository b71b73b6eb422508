// What the server serves, told to clients before their first real request: groups, versions, resources, and the
// server's version. Derived from the kind registry (agent/api/openapi/resources.h).
//
// Shapes: APIVersions, APIGroupList, APIGroup, APIResourceList (meta/v1), APIGroupDiscoveryList (apidiscovery.k8s.io
// v2 and v2beta1, same fields), version.Info; as a Kubernetes 1.32 API server was seen to write them.
#pragma once

#include <optional>
#include <string_view>

#include "agent/api/object.h"
#include "agent/api/openapi/resources.h"
#include "agent/http/message.h"

namespace ordinal::apiserver {

/// GET /, /version, /api, /api/v1, /apis, /apis/<group>, /apis/<group>/<version>. Legacy or aggregated discovery as the
/// Accept header asks. 404 for other paths and what is not served, 405 for other methods than GET and HEAD, 406 when no
/// JSON is accepted; 304 when If-None-Match names what would be sent. Pure: any thread, does not block.
http::Response ServeDiscovery(const http::Request& request);

namespace discovery {

/// /api; `server_address` ("127.0.0.1:6443") is where the client is told to find this server.
api::Json ApiVersions(std::string_view server_address);
/// /apis
api::Json ApiGroupList();
/// /apis/<group>; nothing when it is not served.
std::optional<api::Json> ApiGroup(std::string_view group);
/// /api/v1 or /apis/<group>/<version>; nothing when it is not served.
std::optional<api::Json> ApiResourceList(api::openapi::GroupVersion group_version);
/// /api (`core`) or /apis, with everything below them in one answer. `version` is "v2" or "v2beta1".
api::Json Aggregated(bool core, std::string_view version);
/// /version
api::Json Version();
/// /
api::Json RootPaths();

}  // namespace discovery
}  // namespace ordinal::apiserver

// OpenAPI documents over HTTP: what `kubectl explain`, `apply` and client-side validation read.
#pragma once

#include <string>

#include "agent/http/message.h"

namespace ordinal::apiserver {

/// GET /openapi/v2 (JSON, or gnostic's protobuf for kubectl before 1.27), /openapi/v3 (the index) and
/// /openapi/v3/{api/v1,apis/<group>/<version>} (JSON). The index gives each document's address with its hash;
/// under such an address it never changes and may be kept for a year. 301 to the right address for another hash, 304
/// for a known ETag, 404, 405, 406.
///
/// Documents are written when they are sent, on the thread that sends them, and not kept; only their hashes are. Any
/// thread. The first request for a document takes some milliseconds here for its hash.
http::Response ServeOpenApi(const http::Request& request);

namespace discovery {

/// The index: {"paths": {"apis/apps/v1": {"serverRelativeURL": "/openapi/v3/apis/apps/v1?hash=…"}}}.
std::string OpenApiIndex();

}  // namespace discovery
}  // namespace ordinal::apiserver

// Paths of OpenAPI documents: what may be asked where, with which parameters, and what is answered.
#pragma once

#include <functional>
#include <string>

#include "agent/api/openapi/definitions.h"

namespace ordinal::api::openapi {

/// Calls `each` with every path of a group version ("/api/v1/namespaces/{namespace}/pods") and its path item. One at a
/// time, so that nobody needs to hold them all. operationId, tags, x-kubernetes-action and
/// x-kubernetes-group-version-kind are those of the reference's documents.
void EachPath(GroupVersion group_version, const Types& types, Dialect dialect,
              const std::function<void(const std::string& path, const Json& item)>& each);

}  // namespace ordinal::api::openapi

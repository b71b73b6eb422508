// Parameters of requests, as OpenAPI documents list them. Clients look for some by name: kubectl sends
// fieldValidation and dryRun only where PATCH has them.
#pragma once

#include <string_view>

#include "agent/api/openapi/definitions.h"

namespace ordinal::api::openapi {

/// What an operation does; the values of x-kubernetes-action.
inline constexpr std::string_view kList = "list", kPost = "post", kDeleteCollection = "deletecollection", kRead = "get",
                                  kPut = "put", kPatch = "patch", kDelete = "delete", kConnect = "connect";

/// Of the query, for an action on a resource; `subresource` matters for logs and connections. A list of parameters.
Json QueryParameters(std::string_view action, std::string_view subresource, Dialect dialect);
/// Of the path itself: "name", "namespace", "path", as far as `path` holds them in braces; and "pretty".
Json PathParameters(std::string_view path, Dialect dialect);
/// The body in OpenAPI 2.0, where it is a parameter.
Json BodyParameter(Json schema, bool required);

}  // namespace ordinal::api::openapi

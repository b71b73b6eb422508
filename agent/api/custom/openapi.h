// Custom kinds in OpenAPI documents, as the reference publishes them (apiextensions-apiserver, pkg/controller/openapi).
// Pure.
#pragma once

#include <string>

#include "agent/api/custom/definition.h"

namespace ordinal::api::custom {

/// "com.example.v1." of example.com/v1.
std::string PackageOf(std::string_view group, std::string_view version);

/// The definition of a whole object without what all objects have. In OpenAPI 2.0 without what that cannot say:
/// choices, null, and what is under a schema that keeps unknown members. Without `properties` where nothing may be
/// added to them: there is no schema, or in 2.0 its root keeps unknown members. Of those that are named clients
/// conclude that there are no others (builder.go, buildKubeNative).
Json DefinitionOf(const Version& version, bool v3);

}  // namespace ordinal::api::custom

// OpenAPI 2.0 in protobuf's wire format, as clients' gnostic library reads it (package openapi.v2: Document, Paths,
// PathItem, Operation, Definitions, Schema; field numbers of its published OpenAPIv2.proto). Only writing, and only the
// members our documents have.
#pragma once

#include <string>
#include <string_view>

#include "agent/api/object.h"

namespace ordinal::api::openapi::gnostic {

/// A member of Paths: one path (field 2, NamedPathItem).
std::string NamedPath(const std::string& path, const Json& item);
/// A member of Definitions: one definition (field 1, NamedSchema).
std::string NamedDefinition(const std::string& name, const Json& schema);
/// The whole document of members written by the above.
std::string Document(std::string_view title, std::string_view version, std::string_view paths,
                     std::string_view definitions);

}  // namespace ordinal::api::openapi::gnostic

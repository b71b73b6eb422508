// Whether the schema of a definition is one that objects can be kept by: structural, as the reference asks for
// (apiextensions-apiserver, pkg/apiserver/schema and pkg/apis/apiextensions/validation), in its causes and words. Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/faults.h"

namespace ordinal::api::custom {

/// Appends every fault of a schema (JSONSchemaProps, decoded) that stands at `path`.
void CheckStructural(const Json& schema, const Path& path, std::vector<FieldError>& errors);

/// The rules of x-kubernetes-list-type, -list-map-keys and -map-type of one schema, not of those in it.
void CheckListRules(const Json& schema, const Path& path, Faults& faults);

/// Where rules of x-kubernetes-validations stand, which nobody here evaluates: "path: rule", at most so many.
std::vector<std::string> UnevaluatedRules(const Json& schema, const Path& path, size_t most);

}  // namespace ordinal::api::custom

// Whether an object is what its schema says, in the causes and words of the reference (kube-openapi, pkg/validation;
// apiextensions-apiserver, pkg/apiserver/validation), because operators and people read them. Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/custom/schema.h"
#include "agent/api/kind.h"

namespace ordinal::api::custom {

/// Appends every fault of `value`, which stands at `path` ("" for a whole object, "spec.size"). Rules that lists and
/// embedded objects have by their kind (unique keys, apiVersion and kind) included.
/// `old`: what stood there before, or null. What is as it was is excused, wherever it stands, but for what "not"
/// forbids; items of lists are compared where the list is a map, by their keys
/// (pkg/apiserver/validation/ratcheting.go).
void CheckValue(const Schema& schema, const Json& value, const std::string& path, std::vector<FieldError>& errors,
                const Json* old = nullptr);

/// A value as the reference writes it into messages: texts in quotes, the rest as JSON.
std::string Shown(const Json& value);

}  // namespace ordinal::api::custom

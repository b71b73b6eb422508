// Fields that Kubernetes has and this agent does not do (docs/limits.md), as the schema says of them: Unsupported and
// Ineffective of schema/fields.h. A feature that is built has the word taken off its field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/api/kind.h"

namespace ordinal::api {

/// A fault (FieldValueNotSupported) for every field of `value`, a document of `type`, that asks for something it would
/// silently go without. `path` is where it stands ("spec", "spec.template.spec").
std::vector<FieldError> UnsupportedFields(const StructType& type, const Json& value, std::string_view path);

/// A sentence for every field that has no effect here and does no harm: "spec.schedulerName: …".
std::vector<std::string> IneffectiveFields(const StructType& type, const Json& value, std::string_view path);

}  // namespace ordinal::api
